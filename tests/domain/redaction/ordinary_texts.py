"""The ordinary texts of replays, none of which holds a secret: they must come out as they went in."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

from tests.domain.redaction.everyday_texts import everyday
from tests.domain.redaction.pieces import ALNUM, DIGITS, LOWER, UPPER, Pieces

EACH = 40

_AREAS = [
    "payments",
    "orders",
    "crm",
    "inventory",
    "search",
    "mail",
    "calendar",
    "files",
    "tickets",
    "auth",
    "sessions",
    "tokens",
]
_VERBS = [
    "create_refund",
    "lookup",
    "cancel",
    "list_open",
    "update_status",
    "send_message",
    "get_customer",
    "reset_password",
    "rotate_key",
]
_WORDS = [
    "refund",
    "customer",
    "charge",
    "shipment",
    "tokenizer",
    "keyboard",
    "author",
    "passenger",
    "signal",
    "cookie",
    "secretary",
    "compass",
]
_SERVICES = ["billing-api", "refund-worker", "auth-gateway", "search-indexer", "notification-hub"]

SENTENCES = [
    "expected 200, got 409 (charge_already_refunded)",
    "postcondition failed: refund.status was 'pending', expected 'succeeded'",
    "the customer's password reset mail was sent",
    "password must not be empty",
    "invalid password: must be at least 12 characters long",
    "Unexpected token < in JSON at position 0",
    "SyntaxError: Unexpected token: else",
    "unexpected token: identifier expected",
    "token limit exceeded: 4096 tokens requested, 3200 left",
    "max_tokens=4096, token_count: 17, idempotency_key=refund-51877",
    "authorization failed for user 51877",
    "Authorization: missing",
    "authorization header: required",
    "Bearer token missing",
    "WWW-Authenticate: Bearer realm=orders",
    "basic authentication is not supported any more",
    "the bearer token has expired, get a new one",
    "the secret is to retry with backoff",
    "no secret named payments/prod was found",
    "secret not found: payments/prod",
    "Cookie policy accepted by the user",
    "cookies: disabled",
    "the API key is missing",
    "api_key: null",
    "password=None",
    "token: <token>",
    "password: ${DB_PASSWORD}",
    "password = os.environ['DB_PASSWORD']",
    "--password-file /run/secrets/db",
    "token_type=bearer, expires_in=3600",
    "key 'customer_id' not found in row 12",
    "KeyError: 'refund_id'",
    'duplicate key value violates unique constraint "orders_pkey"',
    "primary key=51877, foreign key=42",
    "partition key: region, sort key: created_at",
    "cache key orders:51877:v2 expired",
    "key=value",
    "signature mismatch: expected 3 arguments, got 2",
    "output signature: {status: int, url: str}",
    "session timed out after 30 minutes",
    "session 51877 resumed by agent planner-2",
    "login page: https://shop.example.com/login?next=/orders",
    "user@example.com asked twice",
    "see https://shop.example.com:8443/orders/51877?page=2&sort=desc#items",
    "mailto:mara@example.com",
    "npm install @types/node@20.1.0",
    "http://registry.example.com:4873/@types/node/-/node-20.1.0.tgz",
    "docker run -u 1000:1000 -p 8080:80 shop/web:1.4.2",
    "ssh -p 2222 deploy@web-3.example.com",
    "git@github.com:shop/exports.git",
    "cp -a /srv/data /backup",
    "mysql -p shop < dump.sql",
    "ratio 3:2 at 12:30, see chapter 4@home",
    "1 passed, 2 failed, 3 skipped",
    "state: pass",
    "passed=12 failed=0",
    "compass: north",
    "rows=12 cost=0.0031 latency_ms=806",
    "model=gpt-4.1 temperature=0.2 max_tokens=512 prompt_tokens=1804",
    'Traceback (most recent call last):\n  File "/srv/app/refund.py", line 88, in create_refund\n    raise Conflict(charge)',
    "    at com.example.shop.refund.RefundTokenValidator.validate(RefundTokenValidator.java:41)",
    "rotate the key every 90 days",
    "AWS_REGION=eu-west-1",
    "PWD=/home/app/work",
    "PATH=/usr/local/bin:/usr/bin:/bin",
    "export LANG=en_US.UTF-8",
    "sk-learn-contrib-projects==0.1",
    "npm_config_registry_url",
    "hf_hub_download_parallel",
    "re_authenticate_user_session",
    "key-value-store-configuration",
    "pk_test_suite",
    "pull sha256:7e4cf49ca3a49c66b5ed9221bd23c1a21f7913c272b0dc845a9ceac1a49bc077",
    "secret_name: payments-db",
    "token_count: 12",
    "password_policy: strict",
    "secretRef: payments-db",
    "auth_type=oauth2",
    "author: Mara Lindqvist",
    "authority=shop.example.com",
    "authenticated as planner-2",
    "unauthorized: 401",
    "the passenger's passport number was missing",
    "passport: required",
    "code=ERR_409_CONFLICT",
    "error code: E11000",
    "country_code=SE",
    "nonce must be unique",
    "accessKeyId is required",
    "one-time password: not set",
]


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _json(p: Pieces) -> Any:
    return p.pick_value(
        [
            {"token_count": p.number(1, 9000), "max_tokens": 512, "author": p.pick(_WORDS), "keyboard": "y"},
            {
                "charge_id": f"ch_{p.alnum(24)}",
                "amount": p.number(1, 10**6) / 100,
                "currency": "EUR",
                "idempotency_key": f"refund-{p.number(1, 99999)}",
            },
            {
                "order_id": p.uuid(),
                "status": "failed",
                "ok": False,
                "attempts": 2,
                "trace_id": p.hex(32),
                "span_id": p.hex(16),
            },
            {
                "query": "select id, total from orders where customer = 42",
                "limit": 20,
                "cursor": _b64(f"page:{p.number(1, 99)}:{p.hex(8)}"),
            },
            {"required": ["password", "email"], "type": "object"},
            {
                "properties": {"password": {"type": "string", "minLength": 8}, "token": {"type": "string"}},
                "type": "object",
            },
            {
                "usage": {"prompt_tokens": 812, "completion_tokens": 90, "total_tokens": 902},
                "id": f"chatcmpl-{p.alnum(29)}",
            },
            {
                "tool_call_id": f"call_{p.alnum(24)}",
                "name": p.pick(_VERBS),
                "arguments": '{"order_id": 51877, "reason": "duplicate"}',
            },
            {"next_page_token": p.alnum(40), "items": []},
            {
                "etag": p.alnum(32),
                "version_id": p.alnum(32),
                "content_sha256": p.hex(64),
                "key": f"exports/2026/11/{p.number(1, 30)}/orders.csv",
            },
            {"cookie_banner": "shown", "session_count": 3, "password_reset": True, "has_token": False, "auth": None},
            {
                "headers": {
                    "content-type": "application/json",
                    "accept": "*/*",
                    "x-request-id": p.uuid(),
                    "etag": f'W/"{p.hex(20)}"',
                }
            },
            {"text": p.pick(SENTENCES), "score": 0.91},
            {"key": p.pick(_WORDS), "value": p.pick(_WORDS), "code": "E409"},
        ]
    )


MAKERS: dict[str, Callable[[Pieces], Any]] = {
    "tool name": lambda p: f"{p.pick(_AREAS)}.{p.pick(_VERBS)}",
    "UUID": lambda p: p.pick([p.uuid(), p.uuid().upper(), f"run {p.uuid()} failed at step 3"]),
    "SHA-256": lambda p: p.pick([p.hex(64), f"sha256:{p.hex(64)}", f"context_sha256={p.hex(64)}", p.hex(64).upper()]),
    "git SHA": lambda p: p.pick([p.hex(40), f"commit {p.hex(40)}", p.hex(7), f"Fixed in {p.hex(12)} (main)"]),
    "integrity": lambda p: f"sha512-{p.base64(64)}",
    "Aionis URI": lambda p: (
        f"aionis://default/support/{p.pick(['decision', 'procedure', 'evidence', 'event', 'commit'])}/{p.uuid()}"
    ),
    "time": lambda p: p.pick(
        [
            f"2026-11-{p.number(10, 28)}T00:07:14.{p.of(DIGITS, 6)}Z",
            f"2026-11-23 00:0{p.number(0, 9)}:14+00",
            f"17{p.of(DIGITS, 8)}",
        ]
    ),
    "amount": lambda p: p.pick(
        [
            f"{p.number(1, 9999)}.{p.of(DIGITS, 2)} EUR",
            f"$ {p.number(1, 999)},000",
            f"{p.number(0, 100)} %",
            f"-{p.of(DIGITS, 3)}e-7",
        ]
    ),
    "file path": lambda p: p.pick(
        [
            f"/srv/app/{p.pick(_AREAS)}/{p.pick(_VERBS)}.py",
            f"src/main/java/com/example/{p.pick(_AREAS)}/AuthTokenProvider{p.number(1, 9)}.java",
            f"/var/log/{p.pick(_SERVICES)}/2026-11-23T00-07-14Z.log.gz",
            f"C:\\Users\\mara\\exports\\orders_{p.number(1, 99)}.csv",
            f"/usr/lib/python3.11/site-packages/{p.pick(_WORDS)}/_Internal{p.number(1, 9)}/PasswordHasherFactoryBean.py",
        ]
    ),
    "object reference": lambda p: p.pick(
        [
            f"s3://incident-artifacts/{p.number(1, 99999)}/http-trace.json",
            f"gs://exports/{p.uuid()}/part-0001.parquet",
            f"arn:aws:iam::{p.of(DIGITS, 12)}:role/RefundWorkerExecutionRole{p.number(1, 9)}",
        ]
    ),
    "base64 of words": lambda p: _b64(" ".join(p.pick(_WORDS) for _ in range(p.number(2, 8)))),
    "product code": lambda p: p.pick(
        [
            f"{p.of(UPPER, 3)}-{p.of(DIGITS, 5)}-{p.of(UPPER, 2)}",
            f"SKU{p.of(DIGITS, 8)}",
            f"APPROVED{p.of(DIGITS, 4)}",
            f"GTIN {p.of(DIGITS, 13)}",
        ]
    ),
    "host name": lambda p: p.pick(
        [
            f"{p.pick(_SERVICES)}-{p.hex(9)}-{p.of(LOWER, 5)}.prod.svc.cluster.local",
            f"ip-10-0-{p.number(1, 9)}-7.eu-west-1.compute.internal:8443",
            f"https://{p.pick(_SERVICES)}.example.com/v1/{p.pick(_AREAS)}/{p.uuid()}",
        ]
    ),
    "record id": lambda p: p.pick(
        [
            f"ch_{p.alnum(24)}",
            f"call_{p.alnum(24)}",
            f"toolu_01{p.alnum(22)}",
            f"msg_01{p.alnum(22)}",
            f"pi_{p.alnum(24)}",
            "01" + p.of("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24),
            f"U0{p.of(UPPER + DIGITS, 9)}",
            p.alnum(11),
            f"req_{p.alnum(16)}",
        ]
    ),
    "class name": lambda p: p.pick(
        [
            "AbstractSingletonProxyFactoryBean2",
            "RefundPostconditionEvaluatorV3",
            "HTTPSConnectionPoolKeyBuilder",
            "OAuth2AuthorizationCodeTokenGranter",
            "test_refund_is_created_once_and_token_is_kept",
            "MAX_TOKENS_PER_REQUEST_LIMIT",
        ]
    ),
    "public key": lambda p: p.pick(
        [
            f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{p.alnum(43)} ci@example.com",
            p.pem("CERTIFICATE"),
            p.pem("PUBLIC KEY"),
        ]
    ),
    "picture": lambda p: f"data:image/png;base64,{p.base64(120)}",
    "JSON": _json,
    "log line": lambda p: (
        f"2026-11-23T00:07:14Z INFO {p.pick(_SERVICES)} step={p.number(1, 40)} tool={p.pick(_AREAS)}.{p.pick(_VERBS)} "
        f"run_id={p.uuid()} duration_ms={p.number(1, 5000)} status={p.pick(['ok', 'failed'])}"
    ),
    "short random id": lambda p: p.of(ALNUM, p.number(5, 12)),
}


def ordinary(seed: int = 51877) -> Iterator[tuple[str, Any]]:
    """Yield the kind and the text or JSON value."""
    pieces = Pieces(seed)
    yield from (("sentence", sentence) for sentence in SENTENCES)
    yield from (("every day", value) for value in everyday(seed))
    for kind, make in MAKERS.items():
        for _ in range(EACH):
            yield kind, make(pieces)
