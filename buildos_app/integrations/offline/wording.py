"""What words do in a dump: lead-ins, wishes, negations, reports of things done. Patterns over short texts only."""

import re
from typing import Final


def words_pattern(alternatives: str, *, at_start: bool = False) -> re.Pattern[str]:
    """Whole words in any case; apostrophes may be typed either way, blanks may be a line break."""
    text = alternatives.replace("'", "['’]").replace(" ", r"\s{1,4}")
    return re.compile(rf"(?:{text})(?![\w'’])" if at_start else rf"(?<![\w'’])(?:{text})(?![\w'’])", re.IGNORECASE)


FILLER: Final = words_pattern(
    "(?!(?:first|second|third|next|last) "
    "(?:draft|version|aid|week|day|class|grade|round|"
    "call|meeting|floor|step|name))"
    "(?:\\(?\\d{1,2}\\)(?=\\s)|ok|okay|so|well|oh|and|also|then|um+|uh+|hmm+|right|anyway|anyways|alright|now|but|plus|yeah|yes|actually|basically|"
    "btw|by the way|fyi|first of all|firstly|first|secondly|second|thirdly|third|next|finally|lastly|ah|hey|"
    "please|just|"
    "maybe|perhaps|probably|possibly|really|definitely|still|on top of that|another thing|one more thing|last thing|"
    "quick thing|todo|to do|to-do|task|action|action item|reminder|note to self|before i forget|most importantly|"
    "ideally|"
    "honestly|after that|afterwards|later|as well|again|all right|let's see|i guess|i think|or|because|since|ugh|argh|"
    "otherwise|at least|quickly|asap|urgent|important|somehow|apparently|idk|not sure but|i mean|you know|like|crap|"
    "damn|shit|wait|hold on|meanwhile|for now|in general|that said|(?:me|new|plan|agenda|schedule)(?=:)|"
    "always|sometime|someday|at some point|as soon as possible|high priority|low priority|"
    "(?:don't|do not) forget(?=:| (?!to\\b|that\\b))|remember(?=:)|today(?=:)|tomorrow(?=:)|p\\.?s\\.?)",
    at_start=True,
)

_ADVERBS = (
    "(?: (?:really|also|still|just|probably|definitely|finally|actually|maybe|first|seriously|absolutely|at some point|"
    "quickly|soon|better|then|all|both|now|perhaps|desperately|urgently|always|sometime|eventually|only))*"
)
_WHO = "(?:i|we|you|someone|somebody|anyone|one of us)"
_BARE_WISH = (
    f"(?:(?:need|needs|have|has|got|ought|want|plan|intend|hope|would like){_ADVERBS} to|must|gotta|should|gonna|wanna|"
    f"had better|remember to|remind me to|make sure to|be sure to|time to|try and|don't forget to){_ADVERBS}"
)
WISH_AT_START: Final = words_pattern(_BARE_WISH, at_start=True)
WISH: Final = words_pattern(
    f"(?:{_WHO}{_ADVERBS} (?:{_BARE_WISH}|(?:am|are|is) (?:going|supposed|planning|hoping) to|will|shall)"
    f"|(?:i|we)'(?:ve{_ADVERBS} got to|d{_ADVERBS} (?:like|love) to|d{_ADVERBS} better|(?:m|re){_ADVERBS} "
    f"(?:going|supposed|"
    f"planning|hoping) to|ll)"
    "|(?:please )?(?:don't|do not|mustn't|must not|can't|shouldn't|never)(?: (?:let me|let us))? forget to"
    "|(?:i|we) (?:mustn't|must not|can't|cannot|shouldn't|should not|don't want to) forget to"
    "|(?:i|we)(?:'ve| have) been (?:meaning|wanting|planning) to"
    "|(?:remember|remind me|make sure|be sure) to|make sure (?:that )?(?:i|we|you)|let's|let us"
    "|(?:can|could|would|will) (?:you|someone|somebody)"
    "|(?:asked|told|wants|reminded|expects|needs|asks|wanted) (?:me|us) to"
    f"|(?:i|we)(?: have|'ve)? promised(?: (?:him|her|them|\\w+))? to|(?:is|it's|it is) (?:needed|necessary) to"
    "|(?:it'd|it would|would) be (?:good|best|better|wise|smart) to"
    "|(?:told|promised) \\w+ (?:that )?(?:i|we)(?:'d|'ll| would| will)|said (?:that )?(?:i|we)(?:'d|'ll| would| will)"
    "|(?:the )?(?:next step|first step|next thing|plan|goal|only thing left|main thing|priority)(?: is|'s) to"
    f"|(?:it's|it is){_ADVERBS} time to){_ADVERBS}"
)
NEED_A_THING: Final = words_pattern(
    f"(?:(?:i|we){_ADVERBS} )?need{_ADVERBS}(?= (?:a|an|some|new|more|another|two|three|four|five|\\d+|the|my|our) )",
    at_start=True,
)
NEGATED: Final = words_pattern(
    "(?:don't|do not|doesn't|does not|didn't|won't|no longer|never) (?:\\w+ )?(?:need|needs|have to|want|wants|plan)|"
    "no need|needn't|(?:am|are|is|i'm|we're|isn't|aren't) not going to|not going to|decided not to|decided against|"
    "don't (?:bother|worry)|(?:can|could|will|i'll|we'll|let's) (?:skip|ignore|drop)|"
    "(?:is|are|was|were|it's|that's) (?:off the table|cancelled|canceled|not (?:necessary|needed|happening))|"
    "(?:shouldn't|should not|mustn't|must not|won't|will not|never)(?! (?:let me |let us )?forget)"
)
NO_ACTION: Final = words_pattern(
    "no action(?: needed| required)?|never mind|nevermind|nothing to do|forget (?:it|that)|(?:ignore|skip|scratch) that"
)
TAKEN_BACK: Final = words_pattern(
    "no,? wait|wait,? no|actually,? no|(?:no,? |actually,? )?make (?:that|it) (?:on |at |the )?"
    "(?:tomorrow|today|\\d+\\w*|(?:mon|tues|wednes|thurs|fri|satur|sun)day)",
    at_start=True,
)
DONE: Final = words_pattern(
    "already|i've (?:just )?|we've (?:just )?|is done|are done|'s done|done with|all done|(?:is|are|was|were) "
    "(?:finished|completed|sorted|complete)|finished|completed|did (?:it|that|this)|ticked off|took care of|"
    "done(?=[:.!]|$)|(?:i|we) (?:did|had|went|got|sent|bought)"
)
STARTED: Final = words_pattern(
    "started|began|begun|in progress|working on|half ?way|half done|half finished|partly done|under ?way|ongoing|"
    "is going well|am on it|is running"
)
BLOCKED: Final = words_pattern("blocked|waiting (?:for|on)|stuck|on hold|held up|can't (?:\\w+ ){0,4}until|delayed by")
FEELING: Final = words_pattern(
    "(?:i|we) (?:\\w+ )?(?:feel|felt|hate|love|enjoy|like|miss|wish|dread|worry)|"
    "(?:i'm|i am|we're|we are|i was|feeling|been)(?: \\w+){0,3} (?:tired|exhausted|stressed|overwhelmed|happy|"
    "sad|excited|"
    "nervous|worried|anxious|proud|annoyed|frustrated|behind|bored|hungry|busy|glad|fine|ok|okay|lost|sick|done|"
    "all over)|"
    "(?:what a|such a) (?:\\w+ )?(?:week|day|mess|month|year)|not sure|no idea|don't know|who knows|whatever|head is|"
    "brain is|going crazy|can't think|"
    "smells?|so much|too much|a lot (?:going on|on my)|where to start|my (?:head|mind|brain)"
)
IDEA: Final = words_pattern(
    "idea|ideas|what if|what about|how about|(?:maybe |perhaps )?(?:we|i|you|they|one) (?:could|might)|would be "
    "(?:\\w+ )?"
    "(?:nice|cool|great|fun|good|lovely|better|useful|awesome)|wonder(?:ing)?(?: if| whether)|imagine|thinking "
    "(?:about|of)"
)
DECISION: Final = words_pattern(
    "decided|decision|agreed|settled on|going with|chose|we(?:'re| are) (?:using|keeping)|we'll (?:use|keep|go with)|"
    "the plan is|it's final"
)
KEEP_IN_MIND: Final = words_pattern("keep in mind|bear in mind|remember that|note that|be aware|for the record")
REPORT: Final = words_pattern(
    "said|says|told|mentioned|thinks|prefers?|recommends?|recommended|suggests?|suggested|wants|wanted|asked|confirmed|"
    "according to|apparently|turns out|learned|learnt|found out|heard|noticed|promised|offered|emailed|wrote|replied|"
    "reckons|complained|would rather|likes|is allergic|liked"
)
FACT: Final = words_pattern(
    "is|are|was|were|isn't|aren't|has|have|had|costs?|takes?|opens?|closes?|expires?|starts?|begins?|ends?|lives?|works?|"
    "needs?|contains?|password|code|budget|deadline|address|number|price|size|model|remember that|note that|note|"
    "keep in "
    "mind|fact|will|can|comes?|runs?|leaves?|arrives?|fits?|weighs?|charges?|accepts?|says|moved|keeps?|doesn't|don't|"
    "can't|won't|it's|that's|there's|he's|she's|they're|belongs?|means?|depends?|broke|broken|leaks?|leaking|counts?"
)
IS_TO_BE: Final = frozenset(
    """
    is are was were am be been being has have had isn't aren't wasn't weren't hasn't haven't will won't would can
    can't could should might may do does did doesn't don't didn't 's and of costs looks seems needs takes expires
    went came feels stays remains goes gets keeps
    """.split()
)
FINITE: Final = words_pattern(
    "is|are|was|were|has|have|had|will|needs?|costs?|looks?|takes?|expires?|isn't|aren't|wasn't|hasn't|went|came|seems?|"
    "should|would|could|can|can't|doesn't|smells?|starts?|opens?|closes?|arrived|works|stays?|remains?|went|goes|gets|feels?|broke|keeps?|don't|won't"
)
SUBORDINATE: Final = words_pattern(
    "if|whether|that|who|whom|whose|which|what|where|how|why|when|and|because|before|after|until|so|while|about|as|than|"
    "since|once|unless|but|or"
)
CONDITION: Final = words_pattern(
    "when|whenever|if|once|after|before|while|since|as soon as|as long as|unless|until|because|for", at_start=True
)
QUESTION: Final = words_pattern(
    "did|do|does|should|is|are|was|were|what|when|where|who|why|how|which|have|has|can|could|would|will", at_start=True
)
TRAILING: Final = words_pattern(
    "please|pls|too|as well|though|i guess|i think|or something|or so|lol|haha|then|and|but|also|or|so|again please|"
    "probably|actually|by the way|btw|anyway|because|thanks|right|ok|since|which|as"
)
PRONOUN: Final = words_pattern("it|that|this|them|these|those|him|her|there|one|same|they|he|she")
STATES: Final = frozenset(
    """
    be been have feel know like love seem look think stay become exist believe worry admit say wait
    """.split()
)
NO_ORDERS: Final = frozenset(
    """
    about above across after again against along although amid among another anyone anything around because before
    behind below beneath beside besides between beyond despite down during either else even ever everything except
    following hate hates here hopefully however inside instead into like love loved maybe mean meanwhile means
    minus near nearly neither never nor nothing now off often once onto outside over past per perhaps plus quite rather
    regarding seem since soon sometimes somewhere that then there though through throughout till today tomorrow tonight
    toward towards under underneath unless unlike until upon versus via were what whatever when whenever where whereas
    whether which while who whole whom whose why will with within without yesterday yet enjoy dread fear hope guess
    suppose wonder doubt remember forget understand agree hear heard see saw seen hurt hurts belong cost costs beat
    both half all not just only also still already always usually mostly especially almost enough much many most more
    dear hello thanks thank sorry congrats happy glad sad mum dad mom one two three four five six seven eight nine ten
    worth given considering including concerning unlike such same each every any some few several got had has have
    """.split()
)
"""Words before "the" that are no orders."""
REPAIRS: Final = frozenset(
    """
    fix repair replace check clean mend sort patch tighten seal oil paint inspect order renew return change
    """.split()
)
STOPWORDS: Final = frozenset(
    """
    a an the and or but so then also of to in on at for from with by about as is are was were be been am it its this
    that these those there here i we you he she they me us him her them my our your his their mine yours not no yes
    do does did done have has had will would can could should must may might need needs want wants get got gets go
    going goes just really very much more most some any all each every other another new old good bad next last
    first second thing things stuff way lot bit up down out off over under again still already maybe probably now
    today tomorrow tonight week month year day days weeks months time when if because what who how where why which
    than too monday tuesday wednesday thursday friday saturday sunday ok okay well like one two three four five let
    make sure said says told asked think know i'm i've i'll don't it's that's let's can't won't she's he's we're
    they're before after until into onto through between during without within around back both either only own same
    such many few whole half end start something anything nothing everything someone anyone everyone kind sort
    please project projects list im dont cant ive asap urgent important priority morning afternoon evening night
    minutes min hour hours hrs mins
    """.split()
)
