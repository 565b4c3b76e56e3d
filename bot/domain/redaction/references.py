"""Where a secret is kept, which is no secret: `op://…`, `vault:…#…`, `projects/…/secrets/…`, `@Microsoft.KeyVault(…)`."""

import re

# Written so that nothing else is: no rule looks into it, wherever it stands, unless a part of it was drawn at random.
PLAIN = (
    r"\bprojects/[\w.:-]{1,100}/(?:locations/[\w-]{1,40}/)?(?:secrets|keyRings)/[\w./-]{1,300}"
    r"|\{\{\s{0,4}resolve:[a-z-]{2,40}:(?:[^{}\n]|\$\{[\w.]{1,60}\}){1,300}\}\}|@Microsoft\.KeyVault\([^()\n]{1,400}\)"
    r"|\bhttps://[\w-]{1,60}\.vault(?:\.usgovcloudapi|\.azure)\.(?:net|cn)/(?:secrets|keys|certificates)/[\w./-]{1,200}"
    r"|\bENC\[AES256_GCM,[^][\n]{1,2000}\]|\bop://[\w. -]{1,60}/[\w. -]{1,60}(?:/[\w. -]{1,60}(?=[\"'`])|(?:/[\w.-]{1,60}){1,2})|\b(?:file|secret|secrets)://{1,2}(?:run|etc|var|mnt|opt|home|app|vault)/[\w./-]{1,200}"
)
PLAIN_HINTS = ("ENC[", "projects/", "resolve:", "KeyVault(", ".vault.", "op://", "file:/", "secret:/", "secrets:/")

# What is so only where it is the whole value under a secret's name.
_STORES = (
    r"vault|hashivault|hcvault|openbao|ssm|awsssm|aws-ssm|ssm-parameter|parameterstore|awssecrets|secretsmanager|aws-sm|awssm|awssec|asm|awskms"
    r"|sm|gsm|gcpsm|gcp-sm|gcpsecrets|gcpsecretmanager|gcp|google|azurekv|azkv|akv|azurekeyvault|keyvault|kv|keyring|keychain|wincred|gopass|doppler|bws|bitwarden|op|1password"
    r"|onepassword|lastpass|keepass|keeper|dashlane|infisical|conjur|cyberark|chamber|credstash|sops|k8s|kubernetes|kube|secret|secrets|secretref|file|docker|consul|etcd|env|tfstate|akeyless|delinea|tss|dsv"
)
_REFERENCE = re.compile(
    rf"(?:ref\+|from:|enc:|\$|@)?(?:{_STORES})(?:[+.-][a-z]{{2,20}})?(?:://{{0,2}}|:/{{0,2}})(?=[^\s]*[/#]|[A-Z][A-Z0-9_]+\Z)"
    r"[A-Za-z_/.~<{$][\w./#:@?=&+~<>{}$ -]{0,300}"
    rf"|(?:{PLAIN})[\w./#?=&-]{{0,100}}|arn:[\w:/+=,.@-]{{8,400}}|!(?:Ref|Sub|GetAtt|ImportValue|vault|secret|env|reference)\b.{{0,200}}",
    re.DOTALL,
)
_LONG = 400


def is_reference(value: str) -> bool:
    """Tell whether a value says where a secret is kept, and holds none."""
    return (
        ("/" in value or ":" in value or value[:1] in "!@")
        and len(value) < _LONG
        and _REFERENCE.fullmatch(value) is not None
    )
