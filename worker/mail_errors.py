"""What can go wrong with a mail, and what an answer or a silence of the mail server means for it.

MailError
├── MailRefused             this mail is refused for good; it has not gone out
│   └── MailSetupError      the settings or the server refuse every mail
├── MailDeferred            refused for now; it has not gone out
│   └── MailServerUnreachable   no mail can be sent just now
└── MailUnconfirmed         handed over and not answered: it may or may not have gone out
"""

import re
import smtplib
import ssl

from worker.smtp import Phase

REASON_LENGTH = 300

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class MailError(Exception):
    """A mail was not sent, or may not have been; the text says why, in plain words."""


class MailRefused(MailError):
    """This mail is refused for good."""


class MailSetupError(MailRefused):
    """Every mail would be refused: a setting is wrong or the server does not let us in."""


class MailDeferred(MailError):
    """Refused for now."""


class MailServerUnreachable(MailDeferred):
    """The server cannot be reached, or takes no mail at all just now."""


class MailUnconfirmed(MailError):
    """The connection broke between the mail and its answer."""


def of_connecting(error: Exception, server: str, secret: str | None) -> MailError:
    """The failure to reach `server` (host:port), to encrypt or to sign in."""
    code, reason = code_of(error), reason_of(error, secret)
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailSetupError(f"The mail server {server} could not prove who it is: {reason}")
    if isinstance(error, UnicodeEncodeError):
        return MailSetupError("MAIL_USERNAME and MAIL_PASSWORD may have only ASCII characters.")
    if isinstance(error, smtplib.SMTPAuthenticationError) and code // 100 == 5:
        return MailSetupError(f"The mail server {server} does not accept MAIL_USERNAME and MAIL_PASSWORD: {reason}")
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError) or code // 100 == 5:
        return MailSetupError(f"The mail server {server} cannot be used as it is set up: {reason}")
    return MailServerUnreachable(f"The mail server {server} does not answer: {reason}")


def of_sending(error: Exception, phase: Phase, secret: str | None) -> MailError | None:
    """The failure of a mail that had got as far as `phase`; None if the server has taken the mail all the same."""
    code, reason = code_of(error), reason_of(error, secret)
    if phase >= Phase.HANDED_OVER:
        return _of_handed_over(error, code, reason)
    if isinstance(error, ValueError):
        return MailRefused(f"The mail cannot be written: {reason}")
    if phase <= Phase.SENDER:
        return _of_sender(code, reason)
    return MailRefused(reason) if code // 100 == 5 else MailDeferred(reason)


def _of_handed_over(error: Exception, code: int, reason: str) -> MailError | None:
    answered = isinstance(error, smtplib.SMTPDataError)
    if answered and code // 100 == 2:
        return None
    if answered and code // 100 in (4, 5):
        return MailRefused(reason) if code // 100 == 5 else MailDeferred(reason)
    return MailUnconfirmed(f"The mail was handed over but not answered, so it may or may not have gone out: {reason}")


def _of_sender(code: int, reason: str) -> MailError:
    if code == 552:
        return MailRefused(reason)  # too large: this mail only
    if code // 100 == 5:
        return MailSetupError(f"The mail server takes no mail from MAIL_DEFAULT_SENDER: {reason}")
    return MailServerUnreachable(f"The mail server takes no mail just now: {reason}")


def leaves_usable(error: Exception) -> bool:
    """Whether the connection can be used for the next mail."""
    refusals = smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | smtplib.SMTPSenderRefused
    return isinstance(error, refusals) and 400 <= code_of(error) < 600


def code_of(error: Exception) -> int:
    """The server's code, such as 550, or 0 if it gave none."""
    return max(_answer(error)[0], 0)


def reason_of(error: Exception, secret: str | None) -> str:
    """One short line, without the password, whatever a server says."""
    code, answer = _answer(error)
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    if secret:
        said = said.replace(secret, "***")
    said = " ".join(_CONTROLS.sub(" ", said).split())
    text = f"{code} {said}".strip() if code > 0 else said or type(error).__name__
    return text if len(text) <= REASON_LENGTH else text[: REASON_LENGTH - 1] + "…"


def _answer(error: Exception) -> tuple[int, bytes | str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()), (0, b""))
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, error.smtp_error
    return 0, str(error)
