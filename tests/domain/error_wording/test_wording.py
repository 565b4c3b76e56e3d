"""The wording of an error: the same whatever ids, numbers, times, paths and quoted values stand in it; and nothing else goes."""

import base64
import random
import string
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.error_wording.kept_text import as_kept
from bot.domain.error_wording.vocabulary import FREQUENT_STATUSES
from bot.domain.error_wording.wording import LONGEST, wording_of
from bot.playground.aionis.masking import mask, summary
from tests.strategies import TEXT

# One value each, of many forms: what stands in a template must not matter.
SEEDS = st.integers(min_value=0, max_value=2**32)
NUMBERS = st.integers(min_value=0, max_value=10**15).filter(lambda number: str(number) not in FREQUENT_STATUSES)
UUIDS = st.uuids().map(str) | st.uuids().map(lambda id_: str(id_).upper()) | st.uuids().map(lambda id_: id_.hex)
HEX = st.binary(min_size=8, max_size=32).map(bytes.hex) | st.binary(min_size=8, max_size=32).map(
    lambda raw: f"0x{raw.hex().upper()}"
)
BASE64 = st.binary(min_size=24, max_size=60).map(lambda raw: "k9" + base64.urlsafe_b64encode(raw).decode())
ORDERS = st.builds(
    "{}-{}-{}".format,
    st.sampled_from(["ORD", "INV", "po"]),
    st.integers(1, 10**9),
    st.sampled_from(string.ascii_uppercase),
)
PREFIXED = st.builds("ch_{}{}".format, st.integers(0, 9), st.text(string.ascii_letters + string.digits, max_size=20))
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1))
TIMES = MOMENTS.map(lambda at: f"{at.isoformat()}Z") | MOMENTS.map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S UTC"))
TIMES |= MOMENTS.map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT")) | MOMENTS.map(
    lambda at: str(int(at.timestamp() * 1000))
)
DURATIONS = st.builds(
    "{}{}".format, NUMBERS, st.sampled_from(["", "ms", " ms", "s", " s", " seconds", " minutes", "h 3m 2s"])
)
SIZES = st.builds("{:,}{}".format, NUMBERS, st.sampled_from(["", " MB", "kB", " bytes", "%", " USD"])) | st.floats(
    0, 1e6
).map(str)
ADDRESSES = (
    st.ip_addresses(v=4).map(str)
    | st.ip_addresses(v=6).map(str)
    | st.builds("{}:{}".format, st.ip_addresses(v=4), st.integers(1, 65_535))
)
LABELS = st.text(string.ascii_lowercase, min_size=1, max_size=9)
EMAILS = st.builds("{}@{}.example.com".format, LABELS, LABELS)
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=9)
PATHS = st.lists(NAMES, min_size=1, max_size=5).map(lambda names: "/" + "/".join(names))
PATHS |= st.lists(NAMES, min_size=1, max_size=5).map(lambda names: "C:\\" + "\\".join(names))
PATHS |= st.lists(NAMES, min_size=1, max_size=5).map(lambda names: "https://" + "/".join(names)) | NAMES.map(
    lambda name: f"src/{name}.py:42"
)
SAID = st.text(string.ascii_letters + " -_.", min_size=1, max_size=30).filter(lambda text: text == text.strip())
QUOTED = st.builds("{0[0]}{1}{0[1]}".format, st.sampled_from(['""', "''", "``", "“”", "‘’", "«»", "„“"]), SAID)
PHONES = st.integers(2_000_000_000, 9_999_999_999).map(
    lambda digits: f"({str(digits)[:3]}) {str(digits)[3:6]}-{str(digits)[6:]}"
)
MASKS = st.builds(
    "[{}#{}]".format, st.sampled_from(["PHONE", "EMAIL", "IP", "SSN"]), st.binary(min_size=4, max_size=4).map(bytes.hex)
)
VALUES = st.one_of(
    *(UUIDS, HEX, BASE64, ORDERS, PREFIXED, NUMBERS.map(str), TIMES, DURATIONS),
    *(SIZES, ADDRESSES, EMAILS, PATHS, QUOTED, PHONES, MASKS),
)
TEMPLATES = st.sampled_from(
    [
        "charge {} was refunded already",
        "card declined by issuer {}",
        "{} is closed for its yearly count",
        "timed out after {}: the issuer did not answer",
        "cannot write {} (no space left on device)",
        "ConnectionResetError: peer {}, gave up",
        "[{}] quota of the target folder is used up",
        "payments answered 409 charge_already_refunded for {}",
        "key={} not found in table ledger",
        "upload of {} refused; try again",
    ]
)


@given(TEMPLATES, VALUES, VALUES)
def test_values_do_not_matter(template: str, first: str, second: str) -> None:
    assert wording_of(template.format(first)) == wording_of(template.format(second))


@given(TEMPLATES, VALUES)
def test_the_masked_twin_of_a_text_has_its_wording(template: str, value: str) -> None:
    raw = f"{template.format(value)}\n\n  {template.format(value)} "
    assert wording_of(raw) == wording_of(mask(raw)) == wording_of(summary(raw) or "")


@given(st.lists(TEXT | VALUES | TEMPLATES, max_size=8).map(" ".join))
def test_any_text_has_a_wording_and_its_masked_twin_the_same(text: str) -> None:
    wording = wording_of(text)
    assert wording == wording_of(as_kept(text))
    assert len(wording.split()) <= LONGEST
    assert as_kept(as_kept(text)) == as_kept(text)


WORDS = ["the", "card", "was", "declined", "by", "its", "issuer", "unexpectedly"]


@given(st.permutations(WORDS), st.sampled_from(["queue", "lock", "gateway"]))
def test_another_word_is_another_wording(words: list[str], other: str) -> None:
    for place in range(len(words)):
        assert wording_of(" ".join(words)) != wording_of(" ".join([*words[:place], other, *words[place + 1 :]]))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("HTTP 409", "HTTP 500"),
        ("status=409", "status=500"),
        ("payments API returned 409 charge_already_refunded", "payments API returned 500 charge_already_refunded"),
        ("request failed (502)", "request failed (503)"),
        ('{"status": 404}', '{"status": 429}'),
        ("503 Service Unavailable", "504 Gateway Timeout"),
        ("Client error '404 Not Found' for url 'https://a/b'", "Client error '409 Conflict' for url 'https://a/b'"),
        ("Server error '502' for url x", "Server error '503' for url x"),
        ("server responded with a 502", "server responded with a 503"),
        ("service answered with a 409", "service answered with a 500"),
        ("got a 500", "got a 404"),
        ("responded with status of 404", "responded with status of 409"),
        ("got HTTP status code of 409", "got HTTP status code of 500"),
        ("404 error", "409 error"),
        ("a 404 error", "a 409 error"),
        ("API 404", "API 409"),
        ("declined: decline_code=insufficient_funds", "declined: decline_code=lost_card"),
        ('{"declineCode": "insufficient_funds"}', '{"declineCode": "lost_card"}'),
        ("failureReason='queue closed'", "failureReason='queue full'"),
        ("ValueError: 3", "KeyError: 3"),
        ("HTTP404Error", "HTTP500Error"),
        ("HTTP/1.1 400", "HTTP/1.1 401"),
        ("read/write error", "I/O error"),
        ('{"error": "card_declined"}', '{"error": "expired_card"}'),
        ("{'code': 'card_declined'}", "{'code': 'expired_card'}"),
        ('level=error reason="queue closed"', 'level=error reason="queue full"'),
        ("shard_7_unavailable", "shard_7_overloaded"),
        ("S3 bucket is gone", "EC2 bucket is gone"),
        ("queue closed", ""),
        ('"queue closed"', '"queue full"'),
        ("E1001", "E2002"),
        ("bad input (E1001)", "bad input (E2002)"),
        ("error TS2345: no such type", "error TS2322: no such type"),
        ("ORA-00942: not there", "ORA-01017: not there"),
        ("ERR_1001", "ERR_2002"),
        ("error code PAY-4021", "error code PAY-4030"),
        ("error code: 'E1001'", "error code: 'E2002'"),
        ("error 1045 (28000): denied", "error 2002 (HY000): denied"),
        ("exit code 1", "exit code 137"),
        ("exit code of 404", "exit code of 1"),
        ("exited with 1", "exited with 137"),
        ("returned non-zero exit status 1.", "returned non-zero exit status 137."),
        ("exit_code=1", "exit_code=137"),
        ('{"exit_code": 1}', '{"exit_code": 137}'),
        ('{"code": 40001}', '{"code": 23505}'),
        ("killed by signal 9", "killed by signal 11"),
        ("[Errno 2] failed", "[Errno 13] failed"),
        ("SQLSTATE[23000]", "SQLSTATE[42S02]"),
        ("HRESULT: 0x80070005", "HRESULT: 0x80004005"),
        ("grpc status 14", "grpc status 4"),
        ("Error 0x80070005", "Error 0x80004005"),
        ("error code 'insufficient_funds'", "error code 'do_not_honor'"),
        ("Error: 'card_declined'", "Error: 'expired_card'"),
        ("refund: error `TokenExpired` for order 7", "refund: error `TokenRevoked` for order 7"),
        ('failed with "card_declined"', 'failed with "expired_card"'),
        ("reason: 'RATE_LIMITED'", "reason: 'QUOTA_EXCEEDED'"),
        ("declined ('lost_card')", "declined ('stolen_card')"),
        ("Declined (51)", "Declined (54)"),
        ("[404] ledger", "[500] ledger"),
        ("twilio error 21211", "twilio error 21614"),
        ("CVE-2024-3094 found", "CVE-2021-44228 found"),
        ("SMTP 550 rejected", "SMTP 421 rejected"),
        ("SQL0803N failed", "SQL0911N failed"),
        ("(psycopg2.errors.UniqueViolation) x", "(psycopg2.errors.CheckViolation) x"),
        ("may fail", "must fail"),
        ("two-factor login", "three-factor login"),
        ("no one answered", "nobody answered"),
        ("the one that failed", "the two that failed"),
    ],
)
def test_these_are_wording(first: str, second: str) -> None:
    assert wording_of(first) != wording_of(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1 row refused", "317 rows refused"),
        ("1 retry left", "2 retries left"),
        ("1 address missing", "14 addresses missing"),
        ("returned 404 rows", "returned 17 rows"),
        ("[418] disk full", "[517] disk full"),
        ("order 404 error", "order 17 error"),
        ("404 errors found", "17 errors found"),
        ("got a 500 GB disk", "got a 20 GB disk"),
        ("a status of 404 orders is open", "a status of 17 orders is open"),
        ("user '404' is gone", "user '17' is gone"),
        ("zip_code=AB is wrong", "zip_code=CD is wrong"),
        ("rows 1, 2 and 7 are bad", "rows 3 are bad"),
        ("attempt 2 of 5 failed", "attempt 12 of 500 failed"),
        ('{"code": "x", "id": 1}', '{"id": 99, "code": "x"}'),
        ('{"phone": 5550107788, "code": "x"}', '{"code": "x", "phone": 12}'),
        ('failed: {"message": "no \\"a b\\" there"}', 'failed: {"message": "no \\"c\\" there"}'),
        ("user's card 'x y' can't be charged", "user's card 'it's' can't be charged"),
        ("commit abc1234 conflicts", "commit 1234567 conflicts"),
        ("order 1234 timeouts", "order ORD-9 timeouts"),
        ("id deadbeef is gone", "id 0badf00d is gone"),
        ("C:\\Program Files (x86)\\App\\a.txt is gone", "/opt/app is gone"),
        ("password=hunter is wrong", "password=correct-horse is wrong"),
        ("sent Bearer abcDEF to it", "sent Bearer xyz to it"),
        ("Queue  closed\n", "queue closed"),
        ("\x1b[31mqueue\x1b[0m clo\u200bsed", "queue closed"),
        ("ｑｕｅｕｅ closed", "queue closed"),
        ("broke at Nov 3 00:07:14", "broke at Dec 14 23:59:01"),
        ("broke at 10:30 PM", "broke at 4:05 am"),
        ("template week.html has no footer", "template month.html has no footer"),
        ("sk_live_4eC39HqLyjW is revoked", "sk_live_9a1 is revoked"),
        ("broke on 12 Nov: full", "broke on 2026-11-12: full"),
        ("broke on Mon 12 November at 14:03", "broke on Nov 3rd at 9:05"),
        ("closed on Monday", "closed on Sundays"),
        ("the report for November is gone", "the report for May 2026 is gone"),
        ("report of 12. November 2026", "report of Nov 2026"),
        ("workers may 3 times", "workers may 5 times"),
        ("late since Sat night", "late since Sun night"),
        ("12 km too far", "7 mi too far"),
        ("node1.example.com is away", "node22.example.com is away"),
        ("1 row was refused", "2 rows were refused"),
        ("one row was refused", "two rows were refused"),
        ("1 failed row has no id", "7 failed rows have no id"),
        ("1 cache is cold", "2 caches are cold"),
        ("1 status is old", "3 statuses are old"),
        ("1 size fits", "2 sizes fit"),
        ("1 index waits", "3 indices wait"),
        ("1 person waits", "2 people wait"),
        ("attempt three of five failed", "attempt 2 of 5 failed"),
        ("the third retry failed", "the 2nd retry failed"),
        ("took two seconds", "took 3.2s"),
        ("a charge of USD 12.00", "a charge of 1.200,50 €"),
        ("a charge of 12 dollars", "a charge of $7"),
        ("open C:/Users/maya/a.txt failed", "open D:\\data\\b.csv failed"),
        ("{aaaaaaaa-bbbb-cccc-dddd-eeeeffffaaaa} is gone", "17 is gone"),
        ("arn:aws:s3:::bucket is gone", "urn:isbn:17 is gone"),
        ("error code 'ch_9aX'", "error code 'ch_7bK'"),
        ("Error: 'Maya Lopez'", "Error: 'orders/7.csv'"),
        ("error 'user_name' is empty", "error 'home_town' is empty"),
        ("card 'lost_card' failed", "card 'my_card' failed"),
        ("promo code 'SAVE' expired", "promo code 'WINTER' expired"),
        ("declined 51 orders", "declined 54 orders"),
        ("zip code 12345 is wrong", "zip code 777 is wrong"),
        ("order E1001 is gone", "order E22 is gone"),
        ("promo code SAVE20 expired", "promo code WIN5 expired"),
        ("no mobile, code 417 unsent", "no mobile, code 9 unsent"),
    ],
)
def test_these_are_not(first: str, second: str) -> None:
    assert wording_of(first) == wording_of(second)


@given(SEEDS)
def test_what_aionis_cut_away_does_not_matter(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 a text, not a secret
    words = " ".join(draw.choice(["row", "is", "refused", "because", f"{draw.random()}", "unit"]) for _ in range(3_000))
    assert wording_of(words) == wording_of(summary(words) or "")
    giant = f"payload {'A' * 9_000} refused"
    assert wording_of(giant) == wording_of(summary(giant) or "")


def test_the_sample_error_reads_like_this() -> None:
    text = "payments answered 409 charge_already_refunded for ch_1: idempotency key idem-7 was used at 2026-11-23T00:07:14.814Z"
    assert wording_of(text) == ("payments answered 409 charge_already_refunded for * idempotency key * was used at *")


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "'a ",
        "{",
        '{"a":',
        "C:\\a b ",
        "a@",
        "a.a@a.a.",
        "1 ",
        "(",
        "http://",
        "a/",
        "a_",
        "“",
        "1:",
        "a=b,",
        "\ufdfa",
        "Mon, ",
    ],
)
def test_no_form_of_text_keeps_it_busy(piece: str) -> None:
    """A rule that is worse than linear would be at this for hours."""
    assert len(wording_of(piece * (1 << 18)).split()) <= LONGEST
