"""The verbs that begin a to-do, and their forms."""

from typing import Final

_PLAIN: Final = """
    accept add adjust adopt agree align amend annotate announce answer apologise apologize appeal apply approve archive
    arrange ask assemble assess assign attach attend audit back backup bake bathe begin benchmark bleach block borrow
    brainstorm brief bring brush build bump buy calculate call cancel caption carry cash cc celebrate charge chase check
    choose chop circulate claim clarify clean clear climb close collect comb combine come commit compare compile
    complete compose compost confirm congratulate connect consider consolidate contact continue convert cook copy
    correct create crop cut cycle deal debug decide declutter decorate define defrost delete deliver demo deploy deposit
    deprecate descale describe design develop dig digitise digitize disconnect discuss display dispose distribute divide
    do document donate download draft draw drill drive drop dry dye e-mail eat edit email empty enable encourage encrypt
    engrave enrol enroll ensure enter escalate estimate evaluate examine exchange exercise expand explain explore export
    extend fax feed fertilise fertilize fetch figure file fill film finalise finalize find finish fit fix flip fold
    follow format forward freeze fund gather generate get give glue go google grab grade grease groom grout guide haggle
    hand hang harvest help hem hike hire host hunt identify immunise implement import improve include inflate inform
    inspect install insulate insure interview introduce invest investigate invite invoice iron itemise itemize jog join
    jot keep label laminate launch launder lay learn lease leave lend let lift link list listen load lock log look loop
    lower mail make map marinate mark master measure meet memorise memorize mend merge message migrate mind mix mock
    monitor mop mount move mow mulch neaten negotiate note notify nudge offer oil onboard open order organise organize
    outline pack paint paper park patch pause pay peel petition phone photocopy photograph pick ping plan plant play
    plug poke polish post postpone practice practise pray prepare present price print prioritise prioritize process
    proofread propose provision prune publish pull pump purchase push put query queue quote raise rake rate re-book
    re-read re-send reach read rearrange reassign reassure rebase rebook rebuild recalculate recharge recheck reconcile
    record recruit recycle redecorate redesign redo redraw reduce refactor refill reformat refresh refuel refund
    refurbish register rehearse reheat reinstall relabel release relocate remake remind remove rename renegotiate renew
    rent reopen reorder repack repaint repair repay rephrase replace replan replant reply report repot reprint request
    reread reschedule research resend reserve reset resize resolve respond rest restart restock restore restring
    resubmit resume retake retest retrieve return review revise rewire reword rework rewrite ride ring rinse roast roll
    rotate rsvp run sand save scan schedule scrape screen scrub seal search seat secure see seed select sell send
    separate serve service set set-up settle sew share sharpen shave shift ship shop shorten shortlist shovel show shred
    shut sign simplify sing sketch skim skip slice smoke soak solder solve sort sow speak spend spin split sponsor spray
    stack stain stake stamp staple start steam stitch stop store straighten stretch strip study submit subscribe
    summarise summarize survey swap sweep switch sync tag take talk tape target teach tell test text thank throw tidy
    tie tighten tile top touch tour tow trace track trade train transcribe transfer translate transplant treat trial
    trim troubleshoot try tune turn tutor twist type unblock unclog undo uninstall unpack unpick unplug unsubscribe
    unwrap update upgrade upload use vaccinate vacuum validate varnish verify visit volunteer vote walk wash watch water
    wax weatherproof weed weigh whisk wipe wire wish withdraw work wrap write zip
    """.split()
VERBS: Final = frozenset(_PLAIN)

NOUN_LIKE: Final = frozenset(
    """
    appeal approach archive attack audit back backup benchmark bill bleach block book brief budget bump call caption
    cash celebrate change charge check claim close comb compost cook copy cover cut cycle deal demo deposit design
    display document double draft drain dress drill drive drop dry dust dye e-mail email empty estimate exchange
    exercise fax feed file fill film fit flip fold form format forward frame freeze fund glue google grease guide help
    hem hike host hunt import interview invoice iron label launch lay lead lease lift light link load lock log look loop
    mail map mark market master measure meet message mind mix mock mop mount move mulch note nudge offer oil open order
    outline paint paper park patch pause peel petition phone photograph ping plan plant play plug poke polish post
    practice present price process progress project pull pump push query queue quote rake rate rebase release rent reply
    report request research reset rest resume return review ride ring roast roll run sand save scan schedule screen seal
    search seat seed service set share shave shift ship shop show shut sign sketch skip slice smoke soak spin split
    sponsor spray stack stain stake stamp staple steam stitch store stretch strip study survey swap sweep switch sync
    tag talk tape target test text tie tile time top touch tour tow trace track trade train transfer treat trial trim
    tune turn tutor twist type update upgrade upload use vacuum volunteer vote walk watch water wax weed wire wish work
    wrap zip
    """.split()
)

LIST_VERBS: Final = frozenset(
    """
    buy call charge check clean cook do draft e-mail edit email feed finish get label mail measure order pay plan
    practice practise read report request research return review schedule send sign study test text update visit walk
    wash
    """.split()
)
"""Verbs that go on a list of orders without an article: "call dad", "feed fish"."""

_MORE: Final = frozenset(
    """
    book budget cover double dress dust frame fry hoover knit outline paste pitch prep warn
    """.split()
)
VERBS_AND_MORE: Final = VERBS | _MORE

_IRREGULAR: Final = {
    "begin": "began begun", "bring": "brought", "build": "built", "buy": "bought", "choose": "chose chosen",
    "come": "came", "cut": "cut", "deal": "dealt", "dig": "dug", "do": "did done", "draw": "drew drawn",
    "drive": "drove driven", "find": "found", "get": "got gotten", "give": "gave given", "go": "went gone",
    "hang": "hung", "keep": "kept", "leave": "left", "lend": "lent", "let": "let", "make": "made", "meet": "met",
    "mow": "mown", "pay": "paid", "put": "put", "read": "read", "rebuild": "rebuilt", "redo": "redid redone",
    "redraw": "redrew redrawn", "eat": "ate eaten", "feed": "fed", "ride": "rode ridden",
    "sing": "sang sung", "shut": "shut", "undo": "undid undone", "remake": "remade", "resend": "resent", "lay": "laid",
    "rewrite": "rewrote rewritten", "ring": "rang rung", "run": "ran", "see": "saw seen", "sell": "sold",
    "send": "sent", "set": "set", "sew": "sewn", "show": "shown", "sow": "sown", "speak": "spoke spoken",
    "spend": "spent", "split": "split", "sweep": "swept", "take": "took taken", "teach": "taught", "tell": "told",
    "throw": "threw thrown", "withdraw": "withdrew withdrawn", "write": "wrote written",
}  # fmt: skip
_DOUBLING: Final = frozenset(
    """
    cut dig drop get hang let map mop pin plan plug put run scan set ship shop skim split stop strip swap trim
    unplug wrap transfer submit commit refer chop begin
    """.split()
)


def _forms(verb: str) -> tuple[list[str], list[str]]:
    """Its past forms and its form in -ing."""
    stem = verb + verb[-1] if verb in _DOUBLING else verb
    if verb.endswith("e"):
        past, ongoing = verb + "d", verb[:-1] + "ing"
    elif verb.endswith("y") and verb[-2] not in "aeou":
        past, ongoing = verb[:-1] + "ied", verb + "ing"
    else:
        past, ongoing = stem + "ed", stem + "ing"
    return (_IRREGULAR[verb].split() if verb in _IRREGULAR else [past]), [ongoing]


PAST_TO_BASE: Final = {form: verb for verb in sorted(VERBS_AND_MORE) for form in _forms(verb)[0]}
ING_TO_BASE: Final = {form: verb for verb in sorted(VERBS_AND_MORE) for form in _forms(verb)[1]}


def base_form(word: str) -> str:
    """The verb that a form belongs to ("painted", "painting" -> "paint"); other words stay as they are."""
    word = word.lower()
    return PAST_TO_BASE.get(word) or ING_TO_BASE.get(word) or word
