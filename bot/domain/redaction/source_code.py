"""Code that gets a secret from elsewhere, and paths, where the value of a secret's name stands."""

import re

from bot.domain.redaction.wordy import is_wordy

_WORKING_DIRECTORY = re.compile(r"(?:~|\.{1,2})?(?:/[\w.@-]+)+/?|[A-Z]:\\[\w.\\ -]*")
# How an expression begins: a call, an index, a chain of attributes, a keyword, a comparison, a PowerShell command.
_CODE = re.compile(
    r"(?:[A-Za-z_$][\w$]*(?:\??\.|::|->))*[A-Za-z_$][\w$]*(?:<[\w<>, .\[\]]{1,60}>)?(?:\(|\[(?![A-Z]{2,}#)|\?\.|!\.)|\([A-Za-z_$][\w$]{0,60}\s{0,4}[:,)]|\(\)"
    r"|(?:[a-z_$][A-Za-z_$]*\.){1,8}[A-Za-z_$]+(?:[;,):\]}]+(?:\Z|\s|,)|\s{1,4}(?:\|\||&&|\?|[=<>]=?|\+)|\Z)"
    r"|(?:[A-Z][A-Za-z_]*\.){1,8}[A-Z][A-Za-z_]+(?:[;,):\]}]+(?:\Z|\s|,)|\Z)"
    r"|[A-Z][a-z]\w{0,40}<[A-Z&'][\w<>, &']{0,60}>[,;)]?(?=\s|\Z)"
    r"|\$[A-Za-z_]\w{0,60}(?:->|\{)|\({1,4}[A-Za-z_]\w{0,60}\.\w|qr[/{(|]|m/"
    r"|(?:match|try|unsafe|await|new|return|function|lambda|async|yield|typeof|not|if|else|and|or|is|in|for)\b|[!=<>~]=|\(?(?:\.[*+]|\\[SswWdD]|\[\^)|[A-Z][a-z]{1,12}(?:To|From)?-[A-Z][a-z]{1,20}[A-Za-z]{0,20}(?![\w-])|&[a-z_]+\b(?!=)|\*[a-z_]+\b"
)
# A chain of attributes that may hold digits, an object as Java prints it (`Token{a64f992`, `BinderProxy@2bd79ce`), a regular
# expression, a counter.
_CHAIN = re.compile(r"(?:[A-Za-z_$][\w$]{0,60}\.){1,8}[A-Za-z_$][\w$]{0,60}(?=[;,):\]}|&?\s]|\Z)")
_PRINTED = re.compile(
    r"[A-Z]\w{1,60}\{(?:\Z|<)|&[a-z]\w{0,40}\.[A-Z]\w{1,60}(?![\w=])|\[\]\w{1,20}\(|[a-z]\w{0,40}(?:\.\(|::\$)|(?:[A-Z]\w{1,60}\{|(?:[a-z]\w{0,40}\.){1,6}[A-Z]\w{1,60}@|[A-Z][a-z]+[A-Z]\w{0,60}@)[0-9a-f]{5,8}(?![0-9A-Za-z])"
    r"|/(?=[^/\s]{0,120}[\\^$*+?\[(|])[^/\n]{1,120}/[gimsuy]{0,5}(?![\w/])|[A-Za-z_$]\w{0,60}(?:\+\+|--)(?=[;,)]|\Z)"
)


def is_directory(value: str) -> bool:
    """Tell whether a value is an absolute path, as under the `PWD` of a shell."""
    return len(value) < 300 and _WORKING_DIRECTORY.fullmatch(value) is not None


def is_code(value: str) -> bool:
    """Tell whether an unquoted value is code that gets the secret from elsewhere: a call, an attribute, an expression."""
    head = value[:200]
    if _CODE.match(head) or _PRINTED.match(head):
        return True
    chain = _CHAIN.match(head)
    return chain is not None and is_wordy(chain[0].replace(".", ""))
