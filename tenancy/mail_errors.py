"""What a mail server's refusal means."""

import smtplib

ERROR_LENGTH = 500


def is_permanent(error: Exception) -> bool:
    """Whether another attempt is useless: the address or the mail is refused for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused):
        return False  # the server's quarrel is with us; an administrator can mend that
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    # An address that cannot be written, or that this server cannot take.
    return isinstance(error, (ValueError, smtplib.SMTPNotSupportedError))


def reason_of(error: Exception) -> str:
    """The server's words, at most `ERROR_LENGTH` characters."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        words = "; ".join(_answer(code, text) for code, text in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        words = _answer(error.smtp_code, error.smtp_error)
    else:
        words = f"{type(error).__name__}: {error}"
    return words[:ERROR_LENGTH]


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {words}"
