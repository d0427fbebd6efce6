"""Short messages: to a gateway in production, to files in the demo. `settings.SMS_SENDER` names which."""

import json
import urllib.request
from pathlib import Path

from django.conf import settings
from django.utils import timezone

TIMEOUT_SECONDS = 10


def send_to_gateway(phone: str, text: str) -> None:
    """Hand a message to the HTTP gateway; raises OSError when it does not take it."""
    request = urllib.request.Request(  # noqa: S310 (the address is the operator's own setting)
        settings.SMS_GATEWAY_URL,
        data=json.dumps({"to": phone, "text": text}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
        pass


def write_to_file(phone: str, text: str) -> None:
    """Keep a message as a file beside the demo's e-mails."""
    folder = Path(settings.SMS_FILE_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{timezone.now():%Y%m%d-%H%M%S-%f}.sms.txt").write_text(f"To: {phone}\n\n{text}\n")
