"""Whether letters make words, or were drawn at random."""

import re
from itertools import pairwise

from bot.domain.text.word_list import words

_CHUNKS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_VOWELS = re.compile(r"[aeiouyAEIOUY]")

# Pairs of letters that are common in the words of European languages; two letters drawn at random are one of four in ten.
_PAIRS = words(
    """
    th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro
    ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so
    rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl
    ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke ui fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep
    tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds lt pi rc rr eg au
    ck ew mu br bi pt ak pu rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu dr hr cc tw ft wn nu af
    hu nn eo vo rv nf xp gn sm fl iz ok gl aw ju oa sy sl ps jo lf nv je nk kn gs dy hy ze ks ik dd sw uk ka ko ku
    za zu tz eu ah oh eh sk ja lk rz pf kt lb rb dm
    """
)


def is_wordy(token: str) -> bool:
    """Tell whether words make up most of a token, as in class names and slugs."""
    letters = sum(len(chunk) for chunk in _CHUNKS.findall(token) if len(chunk) >= 4 and is_word(chunk))
    return letters >= 0.6 * len(token)


def is_word(chunk: str) -> bool:
    """Tell whether letters follow one another as in words: with vowels among them, and in pairs that are common."""
    lowered = chunk.lower()
    vowels = len(_VOWELS.findall(chunk))
    common = sum(a + b in _PAIRS for a, b in pairwise(lowered))
    return 0.2 * len(chunk) <= vowels <= 0.75 * len(chunk) and common >= 0.75 * (len(chunk) - 1)
