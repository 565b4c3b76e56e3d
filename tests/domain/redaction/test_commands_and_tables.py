"""Secrets that tools hand on in structures: words of commands, tables of queries, calls, prompts, and their harmless kin."""

import json
from typing import Any

import pytest

from bot.runtime.masking import mask_value
from tests.domain.redaction.measure import stays
from tests.domain.redaction.pieces import LOWER, Pieces

PIECES = Pieces(11)
DRAWN = PIECES.alnum(13) + "7"
WORD = PIECES.of(LOWER, 11)
HEX = PIECES.hex(32)

HELD: dict[str, tuple[Any, str]] = {
    "words of a command": (["mysql", "-u", "root", f"-p{DRAWN}", "shop"], DRAWN),
    "user of curl": ({"command": ["curl", "-u", f"ops:{DRAWN}", "https://x.example"]}, DRAWN),
    "option of one letter": ({"argv": ["sshpass", "-p", DRAWN, "ssh", "db"]}, DRAWN),
    "command as Python prints it": (
        f"CalledProcessError: Command '['mysql', '-u', 'root', '-p{DRAWN}', 'shop']' returned non-zero exit status 1.",
        DRAWN,
    ),
    "command as strace prints it": (f'execve("/bin/redis-cli", ["redis-cli", "-a", "{DRAWN}"], 0x7ffd) = 0', DRAWN),
    "arguments in YAML": (f"args:\n- --db-password\n- {DRAWN}\n- --verbose", DRAWN),
    "rows below columns": ({"columns": ["user", "password"], "rows": [["ops", WORD], ["mq", WORD]]}, WORD),
    "columns with types": (
        {"columns": [{"name": "id"}, {"name": "api_token"}], "data": [[1, DRAWN]]},
        DRAWN,
    ),
    "another column of a table of secrets": (
        {"client_secret": [["id", "password", "spare"], ["ops", DRAWN, WORD]]},
        WORD,
    ),
    "row of another length in a table of secrets": (
        {"client_secret": {"columns": ["id", "password"], "rows": [["ops", WORD], [DRAWN]]}},
        DRAWN,
    ),
    "rows below a row of names": ([["user", "password"], ["ops", DRAWN]], DRAWN),
    "step of a JSON Patch": ([{"op": "add", "path": "/config/apiKey", "value": DRAWN}], DRAWN),
    "change of a field": ({"field": "client_secret", "new": DRAWN, "old": None}, DRAWN),
    "environment set by a call": (f'os.Setenv("DB_PASSWORD", "{WORD}")', WORD),
    "constant of PHP": (f"define( 'DB_PASSWORD', '{WORD}' );", WORD),
    "prompt of git": (f"Password for 'https://ops@git.example': {DRAWN}", DRAWN),
    "prompt of ssh": (f"Enter passphrase for key '/home/ops/.ssh/id': {DRAWN}", DRAWN),
    "braces of ODBC": (f"Driver={{ODBC Driver 18}};Uid=sa;Pwd={{{DRAWN};x}};", DRAWN),
    "name with what it is for": ({"PASSWORD_FOR_ORDERS": WORD}, WORD),
    "hash of LDAP": (f"userPassword: {{SSHA}}{PIECES.base64(24)}", "SSHA"),
    "hash of Apache": (f"ops:$apr1${PIECES.alnum(8)}${(apr := PIECES.alnum(22))}", apr),
    "hash of Windows": (f"ops:1001:{PIECES.hex(32)}:{HEX}:::", HEX),
    "key of two parts": (f"client made with {HEX}.aZ{PIECES.alnum(14)}.", HEX),
    "way into a chain": (f"https://mainnet.infura.io/v3/{HEX}", HEX),
    "call of a database's shell": (f'db.auth("ops","{DRAWN}")', DRAWN),
    "user of SNMP": (f"createUser ops SHA {DRAWN} AES", DRAWN),
    "address of logs": (f"https://logs-01.loggly.com/inputs/{PIECES.uuid()}/tag/http/", "inputs"),
    "header of a vendor": (f"X-Honeycomb-Team: {DRAWN}", DRAWN),
    "PIN in a sentence": ("Your temporary PIN is 774192", "774192"),
    "password in Khmer": (f"ពាក្យសម្ងាត់: {DRAWN}", DRAWN),
    "password in Amharic": (f"የይለፍ ቃል: {DRAWN}", DRAWN),
    "password in Welsh": (f"cyfrinair: {DRAWN}", DRAWN),
    "password in Mongolian": (f"нууц үг: {DRAWN}", DRAWN),
    "PIN in JSON": ({"card": {"pin": "4821"}, "cvv": 1}, "4821"),
    "PIN as a number": ({"user_pin": 482137}, "482137"),
    "alias of an object store": (f"mc alias set store https://x.example ops {DRAWN}", DRAWN),
}
HELD["address of logs"] = (HELD["address of logs"][0], HELD["address of logs"][0].split("/")[4])
HELD["hash of LDAP"] = (HELD["hash of LDAP"][0], HELD["hash of LDAP"][0].rpartition("}")[2])

ORDINARY: list[Any] = [
    ["git", "commit", "-m", "rotate the password of db-7"],
    ["pytest", "-p", "no:randomly", "tests/test_token.py"],
    ["mysql", "-u", "root", "-p", "shop"],
    ["curl", "-u", "ops", "https://x.example"],
    ["--api-key", "--secret", "--token"],
    "['docker', 'run', '-p', '8080:8080', '-e', 'MODE=prod', 'app:1.2']",
    "['kubectl', '-n', 'payments', 'get', 'secret', 'db-credentials']",
    "parser.add_argument('-p', '--password', help='password for db-7')",
    "args:\n- --tls-private-key-file\n- /etc/tls/tls.key",
    "args:\n- --token-ttl\n- 3600s",
    {"columns": ["token", "lemma", "pos"], "rows": [["refund", "refund", "NOUN"]]},
    {"columns": ["id", "password_set", "api_key_id"], "rows": [["u1", True, "k-12"]]},
    [["user", "password", "reset"], ["order", "refund", "late"]],
    [["password", "reset"], ["account", "locked"]],
    [["API_URL", "x"], ["REGION", "eu-west-1"]],
    [{"op": "replace", "path": "/user/password_policy", "value": "strict-v2"}],
    {"field": "token_limit", "old": 4000, "new": 8000},
    {"name": "token", "before": "2026-11-01", "after": "2026-12-01"},
    "define('DB_PASSWORD', 'your-password-here');",
    "i18n.setDefault('password_label', 'Kennwort');",
    "System.setProperty('javax.net.ssl.trustStore', '/etc/ts.jks')",
    "Password for user ops: accepted",
    "Passcode for room B: ask reception",
    "Server=db;Password={password};Encrypt=true",
    "TOKENS_FOR_PROMPT=812",
    f"chunk {HEX}.min.css loaded",
    f"trace {HEX}.{HEX[:16]} of the refund",
    f"|{HEX}.{HEX[16:]}.",
    f"{HEX}.thumbnailpreview",
    "https://docs.infura.io/v3/getting-started",
    "uid:1001:gid:::",
    {"pin": "pinned", "seed": "alpha"},
    {"pin": 17, "seed": 1234567},
    {"otp": "sent", "authorization": {"decision": "deny"}},
]


@pytest.mark.parametrize("name", HELD)
def test_what_tools_hand_on_is_masked(name: str) -> None:
    value, secret = HELD[name]
    shown = mask_value(value)
    assert not stays(secret, shown), shown
    assert mask_value(shown) == shown


@pytest.mark.parametrize("value", ORDINARY, ids=lambda value: json.dumps(value)[:40])
def test_what_only_looks_like_it_is_not(value: Any) -> None:
    assert mask_value(value) == value
