"""The answer to WriteBrief: the drafts are plain and right, and rules would only make them longer."""

from buildos_app.briefs.prompts import WriteBrief, WrittenBrief


def write_brief(prompt: WriteBrief) -> WrittenBrief:
    """The drafts as they are."""
    return WrittenBrief(sentences=prompt.drafts)
