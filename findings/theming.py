"""What a finding is about, told by the field's own words. Standard library and the reader only.

A finding has few themes, and a wrong one sends an officer to the wrong shelf: where the words leave a doubt, none is
given.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from findings.reading.sentences import folded, sentences, straight

MOST = 4
# Below a heading the inspectors tell what they saw, and touch on much else: a hint counts from so many sentences on.
SENTENCES_THAT_TELL = 2
TOGETHER = " & "


@dataclass(frozen=True, slots=True)
class Signs:
    """The wordings that tell one theme, folded and without apostrophes.

    `names` tell it wherever they stand. `hints` tell it in what is asked; below a heading only where they come again.
    A `*` stands for any ending, `|` for one wording or another, ` & ` for wordings that one sentence holds in any
    order.
    """

    names: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


SIGNS: Mapping[str, Signs] = {
    "call-handling": Signs(
        names=(
            "call handl*", "call tak*", "control room*", "contact centre*", "contact management", "call centre*",
            "emergency call*", "999 call*", "101 call*", "answer|answered|answering & call|calls|999|101",
            "abandon* & call|calls",
        ),
        hints=("caller*",),
    ),
    "capability-and-capacity": Signs(
        names=(
            "capability and capacity & unit|units|ccu|department*|team|teams",
            "capacity and capability & unit|units|ccu|department*|team|teams",
            "skills gap*", "skills audit*",
        ),
        hints=(
            "capacity|capability|resourced|understaffed & unit|units|ccu|department*|psd",
            "enough|sufficient & staff|people|resources|investigators & unit|units|team|teams|department*",
            "skills of & officers|people|workforce|staff", "vacant posts", "vacanc*",
        ),
    ),
    "community-engagement": Signs(
        names=("community engagement", "engagement with communities", "independent advisory group*"),
        hints=(
            "residents", "local people",
            "works|worked|working|engag*|listen*|talk*|communicat* & communities|young people",
            "engag* & community|public",
            "understand* & issues|concerns|priorities & public|local",
        ),
    ),
    "counter-corruption": Signs(
        names=(
            "counter corruption", "anti corruption", "gifts and hospitality", "business interests",
            "notifiable associations",
            "abuse* & position & sexual", "abuse of position",
        ),
        hints=("corrupt*", "ccu", "report* & wrongdoing & colleagues|staff|workforce"),
    ),
    "crime-outcomes": Signs(
        names=(
            "outcome 14|outcome 15|outcome 16|outcome 18|outcome 21|outcome 22", "outcome code*", "outcome type*",
            "evidence led prosecution*", "charge rate*", "charging rate*",
            "out of court disposal*", "community resolution*", "solved crime rate*",
        ),
        hints=(
            "outcomes & investigat*|crimes|offences|prosecut*", "clos*|finalis* & case|cases|crimes",
            "withdr*|support* & prosecution*", "withdr* & support", "brought to justice",
        ),
    ),
    "crime-prevention-advice": Signs(
        names=("prevention & advice", "preserv* & evidence|scene & advice|advise*"),
    ),
    "data-protection": Signs(
        names=(
            "data protection", "data breach*", "protect* & data", "information security", "personal data", "data loss",
        ),
    ),
    "demand-and-capacity": Signs(
        names=(
            "understand* & demand", "hidden demand", "future demand", "demand & capacity|resources",
            "response capacity",
        ),
        hints=(
            "demand|demands", "capacity & capability", "workloads & detectives|investigators|manag*",
            "how many & officers|staff|call takers|needs",
            "enough|sufficient & officers|call takers|call handlers|detectives", "work that other services",
            "crime & not reported", "nobody reports",
        ),
    ),
    "disproportionality": Signs(
        names=("disproportionality", "disparit*", "disproportionately"),
        hints=(
            "disproportionate & use|impact|effect|search*|force", "ethnicity", "more & some people than", "unequal*",
        ),
    ),
    "diversity-and-inclusion": Signs(
        names=(
            "diverse communit*", "minority ethnic", "ethnic minorit*", "bame", "protected characteristic*",
            "under represented",
            "underrepresented", "positive action", "equality, diversity", "workforce & representative",
        ),
        hints=("diversity", "inclusion", "inclusive", "diverse", "equality"),
    ),
    "domestic-abuse": Signs(
        names=(
            "dvpn*", "dvpo*", "domestic violence protection", "domestic abuse protection",
            "domestic violence disclosure",
            "clares law", "idva*", "coercive control*", "coercive and controlling",
        ),
        hints=("domestic abuse", "domestic violence"),
    ),
    "ethics": Signs(
        names=(
            "code of ethics", "ethics panel*", "ethics board*", "ethics committee*", "ethical dilemma*",
            "ethical decision*",
        ),
        hints=("ethic|ethics|ethical|ethically",),
    ),
    "investigation-quality": Signs(
        names=(
            "quality of & investigations", "quality of & investigation", "investigation plan*",
            "investigat* & thorough|thoroughly|timely|prompt|promptly",
            "investigative opportunit*", "lines of enquiry", "lines of inquiry", "reasonable lead*", "obvious lead*",
            "standard* of & investigat*",
        ),
        hints=(
            "investigat* & plan|plans|poor|poorly|well|effective|effectively|supervis*|detective*",
            "without an investigation", "fail* to investigate",
        ),
    ),
    "it-monitoring": Signs(
        names=(
            "it monitoring",
            "monitor* & computer systems|it systems|ict systems|information systems|mobile data|mobile devices",
            "computer misuse", "misuse of & systems", "protective monitoring",
            "audit* & computer systems|it systems|ict systems",
        ),
        hints=("opens|accesses|looks & record|records & systems",),
    ),
    "partnership": Signs(
        names=("joint operation*", "joint working", "partnership working", "multi agency"),
        hints=(
            "partner organisation*", "partner agenc*", "partners", "partnership*", "other agencies",
            "other services", "councils",
        ),
    ),
    "performance-management": Signs(
        names=(
            "poor performance", "individual performance", "underperform*", "unsatisfactory performance",
            "performance review*",
            "performance development review*", "performance and development review*",
        ),
        hints=(
            "appraisal*", "pdr|pdrs", "performance management",
            "manag* & performance & staff|people|officers|individuals",
        ),
    ),
    "problem-solving": Signs(
        names=("problem solving", "problem oriented", "solv* & problems"),
    ),
    "professional-development": Signs(
        names=("professional development", "cpd", "career development", "leadership development", "leadership course*"),
        hints=("leadership & skills|training|programme*", "expect* of & leaders", "personal development"),
    ),
    "promotion-selection": Signs(
        names=(
            "promotion and selection", "promotion process*", "promotion board*", "selection process*",
            "promotion system*",
        ),
        hints=("promotion & fair|fairly|fairness|open|transparent", "promoted & fair|fairly"),
    ),
    "public-perceptions": Signs(
        names=(
            "public perception*", "perceptions of & treatment|police|policing|crime", "public confidence",
            "public trust",
        ),
        hints=(
            "trust|confidence & public|communities|residents|police", "satisfaction & public|victim|victims|residents",
            "thought|think|feel & service|police & victims|residents|public",
        ),
    ),
    "response": Signs(
        names=(
            "response officer*", "response team*", "response function", "response policing", "response capacity",
            "responding officer*",
            "first responder*", "response time*", "police attendance", "attend* & incidents|emergencies",
        ),
        hints=(
            "respond* to & incidents|emergencies|calls", "incidents & wait|waits|waited|waiting",
            "wait|waits|waited|late & officer|help|attendance",
            "deploy* & officers|incidents",
        ),
    ),
    "risk-assessment": Signs(
        names=(
            "risk assessment*", "assess|assesses|assessed|assessing|reassess* & risk|risks|danger|vulnerability",
            "reassessment",
        ),
        hints=("see|know|identify & who & danger",),
    ),
    "risk-management": Signs(
        names=("risk management", "risk register*", "manag* & at risk of", "manag* & the risk|risks"),
        hints=("mitigat* & risk|risks", "poses|pose|posed & risk|risks|danger", "risks from"),
    ),
    "rural-crime": Signs(
        names=("rural crime*", "wildlife crime*", "heritage crime*", "rural taskforce"),
        hints=("rural", "farm|farms|farmer|farmers|farming", "countryside"),
    ),
    "stop-and-search": Signs(
        names=("stop and search*", "stop search*", "stops and searches", "strip search*", "search record*"),
        hints=("search|searches|searched & grounds|ethnicity|panel|panels|black", "searches people"),
    ),
    "supervision": Signs(
        hints=("supervis*", "line manager*", "line managers", "sergeant*"),
    ),
    "talent-management": Signs(
        names=("talent management", "talented", "identif* & talent", "talent scheme*", "high potential"),
        hints=("talent",),
    ),
    "threat-assessment": Signs(
        names=("threat assessment*", "strategic assessment*", "control strategy", "control strategies"),
        hints=("strategic threat*", "strategic & threats"),
    ),
    "training": Signs(
        hints=("training", "train|trains|trained", "courses"),
    ),
    "unconscious-bias-training": Signs(
        names=("unconscious bias", "implicit bias"),
    ),
    "vetting": Signs(
        names=("vetting",),
        hints=("vetted", "clearance*"),
    ),
    "victims": Signs(
        names=(
            "victim care", "support for victims", "victim satisfaction", "victims & informed|updated",
            "victim engagement",
        ),
        hints=("victim|victims", "witness care"),
    ),
    "victims-code": Signs(
        names=(
            "victims code", "vcop", "code of practice for victims", "victim needs assessment*",
            "victims needs assessment*",
            "victim personal statement*",
        ),
    ),
    "vulnerability": Signs(
        names=(
            "child protection", "child sexual exploitation", "child criminal exploitation", "adults at risk",
            "modern slavery",
        ),
        hints=(
            "vulnerab*", "safeguard*", "missing child*", "missing person*", "missing people",
            "child|children & exploit*|missing|danger|risk",
            "exploitation", "mental health & crisis|public|calls|incidents|patients", "people in distress",
        ),
    ),
    "wellbeing": Signs(
        names=("wellbeing", "well being", "occupational health"),
        hints=(
            "under strain", "trauma|traumatic & officers|responders|staff", "counsellor*",
            "counselling & staff|officers", "sickness absence",
            "stress & staff|officers|workforce",
        ),
    ),
}  # fmt: skip
# The inspectorate judges the one as a part of the other.
PART_OF = {
    "domestic-abuse": "vulnerability",
    "it-monitoring": "counter-corruption",
    "unconscious-bias-training": "training",
    "victims-code": "victims",
}
# Where the second is told, the first is but another word for it: what one unit must cope with is its capacity,
# and how the unit looks into its own colleagues is no matter of crime.
GIVES_WAY = {"demand-and-capacity": "capability-and-capacity", "investigation-quality": "counter-corruption"}


@dataclass(frozen=True, slots=True)
class _Wording:
    """A wording made ready: a sentence holds it where it holds each of its parts."""

    parts: tuple[re.Pattern[str], ...]

    def is_in(self, sentence: str) -> bool:
        return all(part.search(sentence) for part in self.parts)


def _ready(wordings: Iterable[str]) -> tuple[_Wording, ...]:
    """The wordings as patterns; all that have one part become one pattern."""
    split = [wording.split(TOGETHER) for wording in wordings]
    alone = "|".join(parts[0] for parts in split if len(parts) == 1)
    together = [_Wording(tuple(_any_of(part) for part in parts)) for parts in split if len(parts) > 1]
    return (_Wording((_any_of(alone),)), *together) if alone else tuple(together)


def _any_of(alternatives: str) -> re.Pattern[str]:
    spelt = "|".join(re.escape(one).replace(r"\*", r"\w*") for one in alternatives.split("|"))
    return re.compile(rf"\b(?:{spelt})\b")


NAMES = {slug: _ready(signs.names) for slug, signs in SIGNS.items()}
HINTS = {slug: _ready(signs.hints) for slug, signs in SIGNS.items()}


def themes_of(heading: str, text: str) -> tuple[str, ...]:
    """The themes of a finding, as slugs in the order of the table: few, at most four, none where no word tells one.

    What is asked stands in the heading, and in the text where there is no heading. The rule is the project's own;
    the themes that a careful person gave are what it is measured against.
    """
    asked, below = (_sentences(heading), _sentences(text)) if heading.strip() else (_sentences(text), [])
    told = {slug: weight for slug in SIGNS if (weight := _weight(slug, asked, below))}
    for part, whole in PART_OF.items():
        if part in told:
            told.setdefault(whole, told[part])
    kept = [slug for slug in SIGNS if slug in told and GIVES_WAY.get(slug) not in told]
    best = sorted(kept, key=lambda slug: told[slug], reverse=True)[:MOST]
    return tuple(slug for slug in SIGNS if slug in best)


def _sentences(text: str) -> list[str]:
    return [folded(straight(sentence)).replace("'", "") for line in text.splitlines() for sentence in sentences(line)]


def _weight(slug: str, asked: Sequence[str], below: Sequence[str]) -> tuple[int, int] | None:
    """How many sentences of what is asked, and of what stands below it, tell the theme; None where it is not told."""
    named, signs = NAMES[slug], NAMES[slug] + HINTS[slug]
    in_asked, in_below = _telling(signs, asked), _telling(signs, below)
    is_told = in_asked or in_below >= SENTENCES_THAT_TELL or _telling(named, below)
    return (in_asked, in_below) if is_told else None


def _telling(wordings: Sequence[_Wording], said: Sequence[str]) -> int:
    return sum(any(wording.is_in(sentence) for wording in wordings) for sentence in said)
