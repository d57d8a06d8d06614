"""The verbs that begin a to-do, and their forms."""

from typing import Final

_PLAIN: Final = """
    accept add adjust adopt agree align announce answer apologise apologize apply approve arrange ask assemble
    assign attach attend backup bake begin borrow bring brush build buy calculate call cancel carry cash charge
    chase check choose clean clear climb close collect combine come commit compare compile complete compose confirm
    connect consider consolidate contact continue convert cook copy correct create cut deal debug decide declutter
    decorate define delete deliver deploy describe design develop digitise digitize dig discuss dispose divide do
    donate download draft draw drill drive drop edit email e-mail empty enable enter enrol enroll ensure evaluate
    examine exchange expand explain explore export extend fetch figure file fill film finalise finalize find finish
    fix fold follow format gather get give go grab grade harvest hand hang help hire host hunt identify implement
    import improve include inform inspect install introduce invest investigate invite invoice iron join keep label
    launch learn leave lend let list listen load look lower mail make map mark measure meet mend merge message
    migrate monitor mount move mow negotiate notify offer open order organise organize pack paint park patch pay
    phone photograph pick ping plan plant plug polish post postpone practise practice prepare present price print
    prioritise prioritize process prune publish pull purchase push put query raise rake reach read rearrange rebook
    rebuild recheck record recycle redesign redo reduce refactor refill refund register rehearse remind remove
    rename renew rent reorder repair repaint replace reply repot report request reschedule research reserve reset
    resize resolve respond restart restock restore return review revise rewrite ring rinse run sand save scan
    schedule scrub seal search secure see seed select sell send separate serve service set settle set-up sew share
    sharpen shift ship shop shorten shovel show sign simplify sketch skim solve sort sow speak spend split spray
    stack stain start stop store strip study submit subscribe summarise summarize survey sweep swap switch take talk
    teach tell test text thank throw tidy tie tighten track train transcribe transfer translate transplant treat
    trim troubleshoot try tune turn type unblock uninstall unpack unplug unsubscribe update upgrade upload use
    vacuum validate verify visit volunteer walk wash watch water weed weigh wipe wire withdraw work wrap write
    align amend annotate appeal archive assess audit back bathe benchmark bleach block brainstorm brief bump caption cc
    celebrate chop circulate claim clarify comb compost congratulate crop cycle defrost demo deposit deprecate descale
    disconnect display distribute document dry dye eat encourage encrypt engrave escalate estimate exercise explore
    fax feed fertilise fertilize fetch file finalise fit flip forward freeze fund generate glue google grease groom
    grout guide haggle hem hike immunise inflate insulate insure interview itemise itemize jog jot laminate launder lay
    lease lift link load lock log loop marinate master memorise memorize migrate mind mix mock mop move mulch neaten
    note nudge oil onboard outline paper pause peel petition photocopy ping play poke polish post pray prioritise
    proofread propose provision prune pump queue quote rate rebase recharge reconcile recruit redraw reformat refresh
    refuel refund refurbish reheat reinstall relabel release remake rent reopen repack repay rephrase replan replant
    reply reprint rest restart restring resume retake retest retrieve return reword ride roast roll rotate rsvp schedule
    screen scrape scrub seat separate sharpen shave shortlist shred shut sing skip slice smoke soak solder spin
    sponsor stake stamp staple steam stitch straighten stretch sync tag tape target tile top touch tour tow trace trade
    transcribe treat trial tutor twist unclog undo unpick unwrap upload vaccinate varnish vote wax weatherproof whisk
    wish wrap zip reassure re-book re-read re-send resend renegotiate relocate reassign rewire rework reread resubmit
    recalculate redecorate
    """.split()
VERBS: Final = frozenset(_PLAIN)

NOUN_LIKE: Final = frozenset(
    """
    approach attack backup book bill budget call cash change charge check close cook copy cover cut
    deal design double draft dress drill drive drop dust e-mail email empty exchange file fill film fold
    form format frame help host hunt import invoice iron label launch lead light load look mail
    map mark market measure meet message mount move offer open order paint park patch phone photograph 
    plan plant plug polish post practice present price process progress project pull push query rake rent
 reply report request research reset return review ring run sand save scan schedule seal search seed 
    service set share shift ship shop show sign sketch split spray stack stain store strip study
    survey swap sweep switch talk test text tie time track train transfer treat trim tune turn type update
    upgrade upload use vacuum volunteer walk watch water weed wire work wrap 
    audit back benchmark bleach block brief bump caption claim comb compost cycle demo deposit display document dry dye
    estimate exercise fax feed file fit flip forward freeze fund glue google grease guide hem hike interview lay lease
    lift link lock log loop master mind mix mock mop mulch note nudge oil outline paper pause peel petition ping play
    poke pump queue quote rate rebase release rest resume ride roast roll screen seat shave shut skip slice smoke soak
    spin sponsor stake stamp staple steam stitch stretch sync tag tape target tile top touch tour tow trace trade trial
    tutor twist vote wax wish zip celebrate drain archive appeal
    """.split()
)

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
    "mow": "mown", "pay": "paid", "put": "put", "read": "read", "rebuild": "rebuilt", "redo": "redid redone", "redraw": "redrew redrawn", "eat": "ate eaten", "feed": "fed", "ride": "rode ridden",
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
