"""The words that tell what in an error text is wording and what is a value."""

from bot.domain.text.word_list import words

# Keys under which people and libraries write what went wrong; what stands under any other key is a value.
WORDING_KEYS = words(
    "cause category class code codes description detail details err errno error errorcode errormessage errors errortype event"
    " exc exception exceptionclass exctype failure fault hint hresult issue issues kind level message messages msg ntstatus"
    " outcome problem problems rc reason reasons result retcode severity signal sqlstate state status statustext summary title"
    " type warning winerror"
)
_ENDINGS_OF_WORDING_KEYS = ("code", "reason", "status", "type")  # decline_code, failureReason, error_type
_NO_WORDING_KEYS = words(
    "accesscode accountcode areacode authcode authorizationcode backupcode barcode batchcode bookingcode cardcode colorcode"
    " colourcode contenttype countrycode couponcode currencycode customercode dialcode dialingcode discountcode giftcode"
    " invitecode invoicecode itemcode langcode languagecode logincode mediatype mimetype ordercode otpcode partcode partnercode"
    " passcode pincode postalcode postcode productcode promocode qrcode recoverycode referencecode referralcode regioncode"
    " securitycode shopcode shortcode smscode sortcode storecode swiftcode trackingcode unlockcode usercode verificationcode"
    " vouchercode zipcode"
)
# Behind these, and behind keys that end in *code*, stands what went wrong, whatever it looks like.
CODE_NAMES = words("errno ftp hresult ntstatus rc retcode signal smtp sqlstate winerror")
EXIT_WORDS = words("exit exited exits")
# Whose errors have numbers: `twilio error 21211`, and not `order error 17`.
ERROR_OWNERS = words(
    "a adyen an api aws azure braintree client curl database db fatal ftp gateway got google graph graphql http internal kafka"
    " ldap mongo mongodb mssql mysql network odbc oracle os paypal plaid postgres postgresql provider redis returned salesforce"
    " sap sendgrid server service shopify slack smtp socket sql square ssl stripe system the tls twilio unexpected unknown"
    " upstream vonage windows winsock with"
)
STATUS_KEYS = words("code errorcode http httpcode httpstatus httpstatuscode responsecode status statuscode")

# Beside these a number that is an HTTP status is wording: a 409 is another failure than a 500.
STATUS_WORDS = words("http https status statuscode status_code http_status httpstatus http_code")
# Beside these it is, too, where it is an error and does not count what follows it.
ANSWER_WORDS = words(
    "answer answered answering answers code denied error failed failure gave got received refused rejected replied respond"
    " responded responding response responses return returned returning returns with"
)
CODE_OWNERS = ANSWER_WORDS | EXIT_WORDS | ERROR_OWNERS | words("declined err fault grpc reason result rpc status")
# Between one of these words and the number: `status of 404`, `responded with a 502`.
BEFORE_STATUS = words("a an of the")
ARTICLES = words("a an the")
SERVER_WORDS = words("api upstream")  # `API 404`: what a number behind them is, where it counts nothing
STATUS_NOUNS = words("error response status")  # in the singular: `404 error`, and not `404 errors`
AFTER_STATUS = words("after and as at because but by during for from if in on or so that to via when which while with")
REASON_PHRASES = words(
    # the first words of the reason phrases of HTTP (RFC 9110 and its kin)
    "accepted bad bandwidth conflict expectation forbidden found gateway gone internal length locked loop method"
    " misdirected moved multi-status network not ok origin payload payment permanent precondition proxy range request"
    " requested service temporary timeout too unauthorized unavailable unprocessable unsupported upgrade uri"
)
STATUSES = frozenset(
    str(code)
    for codes in (range(100, 104), range(200, 209), range(300, 309), range(400, 419), range(421, 430), range(500, 512))
    for code in codes
) | {"226", "431", "451", "499", "520", "521", "522", "523", "524", "525", "526", "530"}

# What a text in brackets begins with is one of these more often than an id.
FREQUENT_STATUSES = words("400 401 403 404 408 409 410 422 429 500 502 503 504")

UNITS = words(
    "b byte bytes kb mb gb tb pb kib mib gib tib k m bit bits kbit mbit gbit kbps mbps gbps bps percent pct"
    " ns us µs μs ms s sec secs second seconds min mins minute minutes h hr hrs hour hours d day days week weeks month months"
    " year years millisecond milliseconds microsecond microseconds nanosecond nanoseconds hz khz mhz ghz px pt"
    " km cm mm mi ft kg mg lb lbs oz ml kw kwh rpm fps"
    " cent cents dollar dollars euro euros pound pounds yen"
)
CURRENCIES = words("usd eur gbp chf jpy cny inr sek nok dkk pln czk aud cad nzd brl mxn zar sgd hkd krw")
CLOCK = words("z utc gmt am pm cet cest est edt cst cdt mst mdt pst pdt bst ist jst")  # what ends a time
BETWEEN_NUMBERS = words("and or to of through until x by")
SECRET_SCHEMES = frozenset({"bearer", "basic"})  # of an Authorization header: the word behind them is a value

# Words that have a digit in them and mean something; ids have one, too, and are taken out.
WORDS_WITH_DIGITS = words(
    "aes128 aes256 argon2 base32 base58 base64 bcrypt2 boto3 blake2 c99 crc32 d3 ec2 ed25519 es256 float32 float64 grpc2 h2 hs256"
    " http1 http2 http3 i18n int8 int16 int32 int64 ipv4 ipv6 k8s l10n latin1 log4j md5 mp3 mp4 neo4j oauth1 oauth2 p12 psycopg2"
    " pkcs7 pkcs8 pkcs12 python2 python3 rfc3339 rs256 s3 sha1 sha2 sha256 sha384 sha512 sqlite3 ssl3 sse4 tls1 uint8 uint16"
    " uint32 uint64 utf16 utf32 utf8 utf-8 utf-16 web3 x509 x86"
)
NAMES_LIKE_FILES = frozenset({"node.js", "next.js", "vue.js", "react.js", "socket.io", "asp.net", "draw.io"})
FILE_ENDINGS = words(
    "avro bak bat bin bz2 c cc cfg class conf cpp crt cs css csv dat db dll doc docx eml env exe gif go gz h hpp htm html ico ics"
    " ini ipynb jar java jpeg jpg js json jsonl jsx key kt lock log md mjs mp3 mp4 ndjson orc parquet pdf pem php pickle pkl png"
    " ppt pptx proto ps1 py pyc rar rb rs scala sh so sock sql sqlite svg swift tar tgz tif tmp toml ts tsv tsx txt war wav webp"
    " xls xlsx xml xz yaml yml zip zst"
)
# Behind a value these are not what it counts.
NOT_COUNTED = AFTER_STATUS | words(
    "a an the is was has does its of this thus not no than always sometimes perhaps besides towards"
)
VERBS = {
    "were": "was",
    "are": "is",
    "have": "has",
    "do": "does",
    "weren't": "wasn't",
    "aren't": "isn't",
    "haven't": "hasn't",
    "don't": "doesn't",
}
# Plurals without a rule, and the verbs that go with several.
SINGULARS = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "indices": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "criteria": "criterion",
    **VERBS,
}
ONE_OF = "one"
BEFORE_NO_NUMBER = words("a an another any each every no some that the this which wrong")
NUMBER_WORDS = words("one two three four five six seven eight nine ten eleven twelve")
ORDINALS = words("first second third fourth fifth sixth seventh eighth ninth tenth")
ATTEMPTS = words("attempt attempts retry retries try tries time")


def names_wording(key: str) -> bool:
    """Tell whether what stands under a key (`key_name`) tells what went wrong."""
    return key in WORDING_KEYS or (key.endswith(_ENDINGS_OF_WORDING_KEYS) and key not in _NO_WORDING_KEYS)
