"""The words by which names and sentences are judged: nouns of secrets in the languages that teams write in, and words about them."""

from typing import Final

from bot.domain.text.word_list import words

SURE_NOUNS: Final = {
    "password": """
        password, passwords, passwd, passwds, pwd, pswd, pword, passwrd, passphrase, passphrases, passcode, pass word,
        pass phrase, pass code, pgpass, user pw, db pass, database pass, user pass, smtp pass, mail pass, email pass,
        mysql pass, pg pass, postgres pass, ftp pass, root pass, admin pass, redis pass, key pass, auth pass,
        login pass, proxy pass, ldap pass, http pass, store pass, mongo pass, rabbitmq pass, requirepass, masterauth,
        userpass, dbpass, sshpass, passwort, passworter, kennwort, zugangscode, contrasena, contrasenas, contrasenya,
        mot de passe, motdepasse, mdp, senha, senhas, palavra passe, parola, parola d'ordine, password di accesso,
        wachtwoord, wachtwoorden, losenord, passord, adgangskode, salasana, salasanan, passordet, adgangskoden, losenordet, kennworter, parolei, haslo, hasla, heslo, jelszo, lozinka, geslo,
        sifre, sifresi, sifreniz, sifremiz, sifren, sifrem, sifreyi, sifrə, parolasi, parolaniz, parolanizi, пароль, паролю, паролі, шифра, пароля, паролем, пароли, гасло, парола, лозинка, κωδικος, kata sandi, sandi,
        mat khau, kodeord, kodeordet, toegangscode, zaporka, slaptazodis, salasona, aðgangsorð, aðgangsorðið, lykilorð, lykilorðið, fjalekalimi, fjalekalim,
        pasahitza, nenosiri, wagwoord, parol, parolingiz, hasłem, hesla, heslem, jelszava, jelszavad, salasanasi, salasanaksi, құпиясөз, құпия сөз, პაროლი, գաղտնաբառ, গোপন কোড, পাসওয়ার্ড,
        கடவுச்சொல், పాస్‌వర్డ్, پاس ورڈ, رمز عبور, گذرواژه, کلمه عبور, الرمز السري, رمز المرور, كلمة سر, קוד סודי, סיסמת, ססמה, 合言葉, 暗号, パスコード, 비번, 패스코드, 패스프레이즈,
        паролата, паролу, parool, parooli, contrasinal, cyfrinair, pasfhocal, нууц үг, የይለፍ ቃል, ពាក្យសម្ងាត់, ລະຫັດຜ່ານ, စကားဝှက်,
        keypass, storepass, masterpass, rootpass, adminpass, authtok, bindpass, รหัสผ่าน, סיסמה, הסיסמה, הססמה, סיסמא, كلمة المرور, كلمة السر, रमज़, पासवर्ड, 密码, 密碼, 口令, パスワード, 暗証番号, パスフレーズ, 비밀번호,
        패스워드, 암호
    """,
    "token": """
        token, jwt, bearer, access tokens, refresh tokens, auth tokens, api tokens, bearer tokens, id tokens,
        session tokens, csrf, xsrf, authtoken, accesstoken, github pat, gitlab pat, azure pat, personal access token,
        jeton, jeton d'acces, jeton d'api, токен, токена, токеном, токены, 令牌, トークン, 토큰, zugriffstoken, zugangstoken
    """,
    "key": """
        api key, api keys, apikey, apikeys, access key, access keys, private key, private keys, secret key, secret keys,
        secretkey, accesskey, privatekey, signing key, encryption key, decryption key, auth key, master key,
        account key, shared key, storage key, subscription key, service key, services key, functions key, session key,
        deploy key, hmac key, ssh key, license key, licence key, integration key, app key, application key, rest key,
        admin key, root key, server key, client key, webhook key, user key, write key, read key, ingest key, insert key,
        honeycomb team, publishable key, restricted key, live key, test key, wallet key, bot key, developer key,
        consumer key, security key, recovery key, cipher key, crypt key, crypto key, aes key, rsa key, jwt key,
        cookie key, secret key base, account access key, primary access key, project api key, psk, pre shared key,
        preshared key, clave api, clave de api, clave secreta, clave privada, clave de acceso, chave api, chave de api,
        chave da api, chave secreta, chave privada, chave de acesso, cle api, cle d'api, cle secrete, cle privee,
        cle d'acces, chiave api, chiave segreta, chiave privata, chiave di accesso, api schlussel, geheimschlussel,
        zugriffsschlussel, apischlussel, privater schlussel, geheimer schlussel, geheime schlussel, geheimen schlussel, privaten schlussel, private schlussel, api sleutel, klucz api, klucz prywatny,
        api anahtari, gizli anahtar, api nyckel, api nyckeln, api nokkel, api nokkelen, api nogle, api noglen, api avain,
        api klic, klic api, api kulcs, cheie api, cheia api, api kljuc, api ключи, api klucza, kunci api, khoa api, api kljuca, апи ключ, api ключ, ключ api, секретный ключ, приватный ключ, ключ доступа, 密钥, 密鑰,
        秘钥, 秘密鍵, 私钥, 秘密キー, apiキー, api キー, アクセスキー, シークレットキー, 访问密钥, api 密钥, 비밀키, 개인키, api 키, 액세스키, 暗号鍵, 暗号キー, 暗号化キー, 認証キー, 金鑰, 私鑰,
        암호키, 암호화키, مفتاح سري, مفتاح api, مفتاح الوصول, מפתח api, מפתח סודי, מפתח גישה, key string
    """,
    "cookie": """
        cookie, cookies, phpsessid, jsessionid, session cookie, connect sid, net session id, session token cookie
    """,
    "credential": """
        authorization, credential, creds, cred, connection string, connectionstring, connstr, conn str,
        connection strings, zugangsdaten, identifiants, credenciales, credenciais, credenziali, учетные данные, 凭证, 凭据,
        認証情報, 자격증명
    """,
    "secret": """
        secret, otp, totp, cvv, cvv2, cvc, mfa code, mfa secret, 2 fa code, 2 fa secret, two factor code,
        verification code, unlock code, activation code, one time code, one time password, otp code, one time pin, temporary pin, reset code, login code, access code, sms code,
        recovery code, recovery codes, backup codes, backup code, security code, pin code, pincode, mnemonic, mnemonics,
        seed phrase, seed phrases, recovery phrase, secret phrase, seed words, mnemonic phrase, geheimnis, secreto,
        segredo, segreto, clientsecret, секрет, секрета, 秘密, シークレット, 시크릿, bestatigungscode, codigo de verificacion,
        codigo de verificacao, code de verification, код подтверждения, 验证码, 認証コード, 인증번호, authcode, sas token,
        shared access signature, sharedaccesskey, sharedaccesssignature, accountkey
    """,
}
"""By kind, commas between the nouns and blanks between their words: what a value under such a name is."""

FIRM_NOUNS: Final = {
    "password": """
        pass, pw
    """,
    "credential": """
        auth, authentication, x auth, credentials
    """,
    "secret": """
        pin, seed
    """,
    "token": """
        pat
    """,
}
"""Nouns that settings bear, too, with values such as `basic` or `required`."""

LIKELY_NOUNS: Final = {
    "password": """
        clave, parole, рамз
    """,
    "token": """
        tokens, ticket
    """,
    "key": """
        chave, schlussel, sleutel, klucz, anahtar, ключ, キー, 키, vendor key, gpg key, pgp key, מפתח, مفتاح, გასაღები, 鍵, κλειδι
    """,
    "secret": """
        secrets, secret id, codigo, hmac, signature, sig, signing, salt, pepper, verifier, auth code, authorization code,
        code verifier, nip
    """,
    "credential": """
        dsn, logins, identification, oauth, oauth2
    """,
}
"""Nouns under which ordinary values stand as often."""

WEAK_NOUNS: Final = {
    "key": """
        key, keys
    """,
    "secret": """
        session, session id, sess id, sessionid, sess, sid, nonce, code, sas, access, challenge, state token
    """,
}
"""Nouns that hardly tell anything."""

VENDORS: Final = words(
    """
    openai anthropic claude gemini mistral cohere groq deepseek perplexity huggingface hf replicate together
    fireworks cerebras xai elevenlabs langsmith langchain tavily pinecone aws azure gcp google firebase supabase
    cloudflare heroku vercel netlify digitalocean linode hetzner ovh alibaba aliyun tencent github gitlab bitbucket
    atlassian jira circleci travis jenkins npm pypi docker dockerhub stripe paypal square braintree adyen plaid
    razorpay mollie twilio sendgrid mailgun mailchimp postmark resend brevo slack discord telegram teams zoom
    intercom zendesk hubspot salesforce segment amplitude mixpanel posthog datadog dd newrelic grafana sentry
    honeycomb pagerduty opsgenie rollbar bugsnag logdna splunk algolia elastic elasticsearch mapbox maps notion
    airtable linear asana figma dropbox box shopify shippo easypost contentful sanity auth0 okta clerk vault doppler
    infura alchemy etherscan coinbase binance kraken
    """
)
"""Who gives out keys: a name such as `OPENAI_KEY` is a secret's whatever its value looks like."""

LOGINS: Final = words(
    """
    db database user admin root default smtp mail email imap ftp sftp ssh redis rabbitmq mysql postgres postgresql pg
    mongo ldap proxy auth login http basic keystore key cert bind svc service app web wifi vnc sudo become account
    """
)
"""What people log in to: a name such as `DB_PASS` is a password's, where `first_pass` is not."""

MODIFIERS: Final = words(
    """
    v value val values new old current previous prev primary secondary backup default final temp tmp raw plain
    plaintext text txt string str encoded base base64 b64 hex encrypted clear cleartext confirm confirmation
    confirmed again repeat env environment var variable header param parameter arg argument input data json one two
    three first second prod production staging stage stg dev devel development test testing live sandbox local uat
    qa preprod eu us ap emea readonly read write rw ro only user admin root owner main master demo ci cd key keys
    secret token password literal content body here is was n nr no number
    """
)
"""What may stand behind a noun without changing what it is."""

ABOUT: Final = words(
    """
    sha exp iat nbf iss aud sub jti alg kid typ use last four suffix
    id ids uuid name names count counts counter length len policy policies ref refs reference type types kind status
    state expiry expires expired expire expiration expiring enabled enable disabled required optional rotation
    rotate rotated version versions url urls uri path paths file files filename filepath dir directory folder hint
    hints field fields age created updated modified at in on by valid validity validation validator strength manager
    provider providers arn arns reset resets banner consent notice domain jar changed change format scheme method
    methods size limit limits budget index usage used uses present missing set seconds second secs sec minutes
    minute mins hours hour days day weeks months duration timeout ttl ms millis interval period delay attempts attempt retries
    retry failures failure tries max min minimum maximum algorithm algo alg alphabet charset digest hash hashes
    hasher hashers encoders validators backends hashing fingerprint checksum issuer audience subject scope scopes claims claim permission permissions
    role roles group groups endpoint endpoints host server service store storage cache prefix suffix pattern regex
    label labels title description desc comment note notes message error errors warning prompt prompts placeholder
    help tooltip icon color mode option options config configuration settings setting strategy rule rules source
    sources backend plugin class object model table column schema event events handler callback listener factory
    builder filter parser encoder decoder generator bucket queue topic bits bit bytes rate ratio per cost price
    total sum avg average unused left remaining quota window offset position start end begin first last next num
    request requests response result results check checker list array map location region zone lifetime lifespan
    renewal refresh revoked revocation history audit log logs logging owner email username userid account accounts
    exists exist verified verification verify visible visibility hidden show shown toggle button page pages form
    screen view link links template mail sent requested selector namespace mount volume annotation annotations chain
    family flow grant process processor middleware guard interceptor helper util utils test tests spec leak leaked
    exposure entropy rotator sync hash2 mapping row rows sort order ordering sequence seq site
    """
) - {"first", "second", "set", "test", "tests", "account", "owner"}
"""What makes a fact about a secret of a name: `secret_name` names one, and is none."""

ASKING: Final = words(
    """
    has have is are was use uses using used require requires required need needs no non without forgot forgotten
    missing invalid expired revoked unknown incorrect bad wrong unexpected num number max min maximum minimum total count avg input output
    prompt completion cached reasoning enable enabled disable disabled allow allows show hide revoke delete remove
    rotate validate verify check skip ignore mask redact hash list create generate expire per can should must
    supports support public remaining thinking audio budget
    """
)
"""First words that make a question or a deed of a name."""

OTHER_TOKENS: Final = words(
    """
    next page prev previous continuation continue cursor paging pagination eos bos pad unk sep cls stop mask special
    per prompt completion max min cancellation cancel lexer parse parser syntax design css word end start begin sync
    resume unexpected num input output total
    """
)
"""Tokens that are no secrets."""

PROGRAMS: Final = words("chpasswd gpasswd kpasswd yppasswd nopasswd")
"""Programs and settings that are called as a password is."""

OTHER_KEYS: Final = words(
    """
    primary foreign websocket partition sort sorting cache idempotency public pub routing row object s3 lookup dedup
    deduplication dedupe group grouping hash range shard sharding message event unique composite natural surrogate
    index map dict json i18n translation locale config setting registry column field property prop attribute query
    search keyboard hot short shortcut left right up down arrow enter escape issue project item ref tag label topic
    kafka host known storage_key lock mutex record document doc entity order redis memo join merge constraint
    candidate super alternate foreign_key bucket file blob state metric stat dimension feature flag menu tab space
    return function modifier any each no every this that first last next prev duplicate missing unknown invalid same
    wrong new old answer important low high major minor musical piano car door house distribution verification
    verifying open protobuf restore ssh_host trace correlation request data value
    """
)
"""Keys that are no secrets."""

INNOCENT: Final = words(
    """
    id ids uuid guid uploadid etag digest checksum integrity hash hashes sha md5 sha1 sha256 sha384 sha512 fingerprint cursor
    page version revision rev commit trace span request correlation idempotency public pubkey cert certificate
    thumbprint boundary kid gclid fbclid msclkid dclid gbraid wbraid ttclid lineage blob tree object resource arn cid etags signature_algorithm nonce_csp address txid tx
    """
)
"""Names of what looks random without being secret."""

REFUSED: Final = frozenset({"invalid", "bad", "wrong", "expired", "revoked", "unknown", "incorrect"})
"""First words of errors about a secret."""

REFERRING: Final = frozenset({"existing", "pull"})
"""Words before a noun that make it the name of a secret: `imagePullSecret`."""

NAMING: Final = words(
    """
    name key k header field param parameter parameterkey variable var label option property attribute id title
    secretid envvar argument setting
    """
)
VALUES: Final = words(
    """
    value v val values content default defaultvalue parametervalue secretstring stringvalue plaintext text data
    currentvalue newvalue oldvalue initialvalue new old current previous before after
    """
)
# What an agent that works a browser calls the field into which it types: `{"selector": "#password", "text": …}`.
SELECTING: Final = words("selector element locator target placeholder xpath css css_selector fieldname")
CERTAIN: Final = words(
    "authorization apikey authtoken accesstoken refreshtoken secretkey accesskey privatekey clientsecret passphrase passwd pwd"
)
"""Single words that name nothing but a secret, also where they are a value themselves."""
# What stands under `auth` or `pass` without being a secret.
SETTINGS: Final = words(
    """
    basic bearer digest oauth oauth1 oauth2 oidc saml ldap kerberos ntlm sso mtls tls jwt token tokens password
    passwords key keys cookie session sessions api_key apikey api-key iam aws sigv4 none required optional enabled
    disabled anonymous public private internal service user admin first second third all any auto manual default
    custom native local remote header query body success failed failure passed pending strict lax ok
    """
)
