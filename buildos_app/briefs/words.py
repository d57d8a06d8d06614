"""The words that sentences of a brief may use besides titles and claims: none of them states a fact."""

NUMBERS = {
    word: value
    for value, word in enumerate(
        "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
}
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "january february march april may june july august september october november december".split()

FREE = frozenset(
    """
    a an the this that these those it its it’s it's that’s that's there there’s there's here
    i we you your yours our us me my they them their what which who how why where whatever
    is are be been being am was were has have had do does don’t don't did can could will would should may might must
    let let’s let's lets please not
    and or but so then than as if because since while until once though although yet also too even just only
    with without for from to of in on at by up into out off over after before during through about around toward towards
    against between beside near next again back away ahead forward
    now today today’s today's soon later early morning afternoon evening noon day time moment hour week
    first start starts starting begin begins beginning come comes coming follow follows following go goes going get gets
    keep keeps give gives take takes make makes made put set find see look leave move moves turn bring stay hold
    clear clears free open opens close easy quick small big short long good well better best calm quiet steady light
    fresh new whole ready worth right straight simple gentle hard heavy full near high low main real sure able
    focus pace room space way path course order list plan step steps hand hands head mind attention effort energy
    progress start thing things work rest finish finishing settle settled tackle handle sort deal
    need needs want wants help helps wait waits waiting matters matter counts count presses press pressing
    welcome hello hi miss lose great nice glad happy pick up pickup where left break breath
    write down something say has brief project yet mind tasks task
    it’ll it'll you’ll you'll you’re you're you’ve you've we’re we're won’t won't can’t can't isn’t isn't
    together everything else anything most more less much
    rather instead otherwise however therefore thus hence meanwhile afterwards afterward finally
    still already maybe perhaps probably likely possible possibly
    """.split()
)
