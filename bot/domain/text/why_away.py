"""Why something outside did not answer, for people: the names of Python's classes say it to nobody else."""

# By the names of classes, since this core knows neither redis nor aiohttp nor httpx; the most telling come first.
_WHY = {
    "MasterNotFoundError": "none of its sentinels answers and knows of such a primary",
    "NoAuthoritiesError": "SSL_CERT_FILE names no file of certificates",
    "ConnectionRefusedError": "the connection was refused",
    "gaierror": "its name is not known",
    "ClientConnectorDNSError": "its name is not known",
    "SSLError": "TLS failed",
    "ClientSSLError": "TLS failed",
    "TimeoutError": "no answer in time",
    "TimeoutException": "no answer in time",
    "ConnectionTimeoutError": "no answer in time",
    "ReadOnlyError": "it is a replica",
    "OutOfMemoryError": "its memory is full",
    "BusyLoadingError": "it is loading its data",
    "ServerDisconnectedError": "it closed the connection",
    "ConnectionResetError": "it closed the connection",
    "RemoteProtocolError": "it closed the connection",
    "ReadError": "it closed the connection",
    "ClientConnectorError": "no connection",
    "ConnectError": "no connection",
    "ConnectionError": "no connection",
}


def why(error: BaseException) -> str:
    """Say in a few words what kept something outside from answering; what is behind an error tells more than the error."""
    kinds = [kind.__name__ for one in _chain(error) for kind in type(one).__mro__]
    return next((words for name, words in _WHY.items() if name in kinds), "what it said is not understood")


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    behind: BaseException | None = error
    while behind is not None and behind not in found:
        found.append(behind)
        behind = behind.__cause__ or behind.__context__
    return found
