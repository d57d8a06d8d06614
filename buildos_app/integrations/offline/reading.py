"""One reading of a dump, shared by every prompt about it, so that they agree on names."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from buildos_app.brain_dumps.prompts import KnownProject
from buildos_app.integrations.offline.corrections import corrected
from buildos_app.integrations.offline.findings import Finding
from buildos_app.integrations.offline.naming import fallback_topic
from buildos_app.integrations.offline.topics import Topic
from buildos_app.integrations.offline.walking import Walk
from buildos_app.phrases.dates import find_when

_CACHED_DUMPS = 8


@dataclass(frozen=True)
class Reading:
    """What the rules made of a dump: findings in its order, and the projects that it starts."""

    dump: str
    findings: tuple[Finding, ...]
    new_projects: tuple[Topic, ...]

    @property
    def tasks(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind == "task"]

    @property
    def notes(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind == "note"]

    def text(self, finding: Finding) -> str:
        """The words of the dump that a finding was read from."""
        return self.dump[finding.start : finding.end]


@lru_cache(maxsize=_CACHED_DUMPS)
def read_dump(dump: str, projects: tuple[KnownProject, ...], selected: KnownProject | None, now: datetime) -> Reading:
    """Read a dump by the rules; the same arguments always give the same reading.

    Every finding carries the name of its project: one of `projects`, one of the reading's new projects, the
    selected project, or nothing. A dump that names no project at all starts one, called by its own words.
    """
    walk = Walk(dump, projects, selected, corrected(dump, find_when(dump, now)))
    findings = walk.read()
    topics = [topic for topic in walk.new_topics if _is_used(topic, findings)]
    if not selected and not any(finding.topic for finding in findings):
        fallback = fallback_topic(dump, findings)
        if fallback:
            topics = [fallback]
            findings = [replace(finding, topic=fallback.name) for finding in findings]
    return Reading(dump, tuple(findings), tuple(topics))


def _is_used(topic: Topic, findings: list[Finding]) -> bool:
    return any(finding.topic == topic.name and finding.kind in ("task", "note") for finding in findings)
