"""What to do when a target cannot be judged, read off what came instead of an answer of its own."""

from __future__ import annotations

from urllib.parse import urlsplit

from .exchange import Reply
from .proxy import shown

GATEWAY = (502, 503, 504)  # what a proxy in front says of a server that is not there, not yet, or not in time
_WAIT = "Start it, or pass --wait SECONDS while it comes up."
_HTTP_1 = (
    "It seems to speak HTTP/2 only, and the gate speaks HTTP/1.1. Judge it through a proxy that takes both, "
    "such as HAProxy or Caddy."
)
_CERTIFICATE = {  # what OpenSSL says, and what helps
    "Hostname mismatch": "The certificate is another host's. Use the name that it has.",
    "IP address mismatch": "The certificate does not name this address. Use the name that it has.",
    "certificate has expired": "Renew the server's certificate (or this machine's clock is wrong).",
    "not yet valid": "The server's certificate is of the future (or this machine's clock is wrong).",
    "CERTIFICATE_REQUIRED": "It asks for a client certificate. Pass --cert FILE, and --key FILE.",
    "HANDSHAKE_FAILURE": "It may ask for a client certificate. Pass --cert FILE, and --key FILE.",
    "UNKNOWN_CA": "It does not know the authority of the client certificate. Check --cert.",
    "BAD_CERTIFICATE": "It does not take the client certificate. Check --cert.",
    "CERTIFICATE_UNKNOWN": "It does not take the client certificate. Check --cert.",
    "CERTIFICATE_EXPIRED": "The client certificate has expired. Renew it, and pass it with --cert.",
    "NO_APPLICATION_PROTOCOL": _HTTP_1,
    "CERTIFICATE": "Pass --ca with the authority's certificate.",
}
_PAGES = {  # what nginx writes on the pages that it makes itself
    b"No required SSL certificate": "It asks for a client certificate. Pass --cert FILE, and --key FILE.",
    b"SSL certificate error": "It does not take the client certificate. Check --cert.",
    b"plain HTTP request was sent to HTTPS": "Use https:// instead.",
}


def lasting(what: str) -> bool:
    """Whether a fault is none that waiting mends."""
    return any(words in what for words in (*_CERTIFICATE, "WRONG_VERSION_NUMBER")) or _speaks_http_2(what)


def of_fault(what: str, url: str, proxy: str | None) -> str:
    """The next action after a fault."""
    for words, remedy in _CERTIFICATE.items():
        if words in what:
            return remedy
    if "SSL" in what or "TLS" in what:
        return f"Does it speak {'http' if urlsplit(url).scheme == 'https' else 'https'}:// instead?"
    if _speaks_http_2(what):
        return _HTTP_1
    return _of_proxy(proxy, credentials="407" in what) if proxy else _WAIT


def of_reply(reply: Reply, proxy: str | None) -> str:
    """What an answer is that is none of a server of this API, and the next action."""
    unlike = "that is no server of the conversations API. Check the address, and a path prefix that it may need."
    return of_front(reply, proxy) or unlike


def of_front(reply: Reply, proxy: str | None) -> str:
    """What an answer is that something in front of a server may have given, and the next action; empty of any other."""
    for words, remedy in _PAGES.items():
        if words in reply.content:
            return f"that is what nginx says in front of a server. {remedy}"
    if reply.status in (426, 505):
        return f"it wants another version of HTTP. {_HTTP_1}"
    if proxy and (reply.status in (403, 407) or reply.status >= 500):
        return f"that may be the proxy's own answer. {_of_proxy(proxy, credentials=reply.status == 407)}"
    if reply.status in GATEWAY:
        return f"that is what a proxy says for a server that is not there, or not in time. {_WAIT}"
    return ""


def of_refusal(proxy: str | None) -> str:
    """The next action where not the server, but something in front of it refuses."""
    front = "Or does a proxy in front ask for something of its own? Pass that with --header 'Name: value'."
    return f"{front} {_of_proxy(proxy, credentials=False)}" if proxy else front


def _speaks_http_2(what: str) -> bool:
    return "illegal request line" in what  # of an answer that begins with no letter


def _of_proxy(proxy: str, *, credentials: bool) -> str:
    where = f"The way leads through the proxy {shown(proxy)}, by the environment."
    if credentials:
        return f"{where} It asks who you are: put name and password into HTTPS_PROXY, as in http://name:password@host."
    return f"{where} Where the target can be reached without, put its host into NO_PROXY."
