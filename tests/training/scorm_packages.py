"""SCORM packages made for tests: of both kinds, of one activity or several, and with what should not be in them."""

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

NAMESPACES = {
    "1.2": 'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"',
    "2004": 'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"'
    ' xmlns:imsss="http://www.imsglobal.org/xsd/imsss"',
}
SCHEMA = {"1.2": "1.2", "2004": "2004 4th Edition"}
SCORM_TYPE = {"1.2": "scormtype", "2004": "scormType"}
# Looks for its interface as the sources of the standard do: in its own window, then upwards.
FIND = """
function find(name) { let at = window; while (!at[name] && at.parent !== at) at = at.parent; return at[name]; }
"""
SCO_12 = f"""<!doctype html><meta charset="utf-8"><title>Part</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="../shared/look.css"><h1>Part</h1><p id="was"></p>
<button id="half">Half</button><button id="pass">Pass</button><script>{FIND}
const api = find("API");
api.LMSInitialize("");
const get = (name) => api.LMSGetValue(name), set = (name, value) => api.LMSSetValue(name, value);
document.getElementById("was").textContent = [get("cmi.core.entry"), get("cmi.core.lesson_location"),
  get("cmi.suspend_data"), get("cmi.core.lesson_status"), get("cmi.core.student_name")].join("|");
document.getElementById("half").onclick = () => {{
  set("cmi.core.lesson_location", "page-3"); set("cmi.suspend_data", "a=1;b=\\u00e9\\ud55c"); set("cmi.core.exit", "suspend");
  set("cmi.core.lesson_status", "incomplete");
}};
document.getElementById("pass").onclick = () => {{
  set("cmi.core.score.max", "50"); set("cmi.core.score.raw", "42"); set("cmi.core.lesson_status", "passed");
  set("cmi.core.session_time", "00:02:05"); api.LMSFinish("");
}};
</script>"""
SCO_2004 = f"""<!doctype html><meta charset="utf-8"><title>Part</title><link rel="icon" href="data:,"><h1>Part</h1>
<p id="was"></p><button id="half">Half</button><button id="pass">Pass</button><script>{FIND}
const api = find("API_1484_11");
api.Initialize("");
const get = (name) => api.GetValue(name), set = (name, value) => api.SetValue(name, value);
document.getElementById("was").textContent = [get("cmi.entry"), get("cmi.location"), get("cmi.suspend_data"),
  get("cmi.completion_status"), get("cmi.learner_name")].join("|");
document.getElementById("half").onclick = () => {{
  set("cmi.location", "page-3"); set("cmi.suspend_data", "a=1;b=\\u00e9\\ud55c"); set("cmi.exit", "suspend");
  set("cmi.completion_status", "incomplete"); api.Commit("");
}};
document.getElementById("pass").onclick = () => {{
  set("cmi.score.scaled", "0.9"); set("cmi.completion_status", "completed"); set("cmi.success_status", "passed");
  set("cmi.session_time", "PT1M"); set("adl.nav.request", "continue"); api.Terminate("");
}};
</script>"""
SCOS = {"1.2": SCO_12, "2004": SCO_2004}


def manifest(version: str, items: str, resources: str, *, head: str = "", schema: str | None = None) -> str:
    """A manifest with these items and resources."""
    told = SCHEMA[version] if schema is None else schema
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<manifest identifier="M1" {NAMESPACES[version]}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{told}</schemaversion></metadata>"
        f'<organizations default="O1"><organization identifier="O1"><title>A package</title>{items}</organization>'
        f"</organizations><resources>{resources}</resources></manifest>"
    )


def item(number: int, *, more: str = "", attributes: str = "") -> str:
    return (
        f'<item identifier="I{number}" identifierref="R{number}" {attributes}><title>Part {number}</title>{more}</item>'
    )


def resource(version: str, number: int, href: str | None = None, kind: str = "sco") -> str:
    href = f"part{number}/index.html" if href is None else href
    return (
        f'<resource identifier="R{number}" type="webcontent" adlcp:{SCORM_TYPE[version]}="{kind}" href="{href}">'
        f'<file href="{href}"/></resource>'
    )


def package(version: str = "1.2", parts: int = 1, **more: str | bytes) -> dict[str, Any]:
    """The files of a package with so many activities, and more."""
    numbers = range(1, parts + 1)
    files: dict[str, Any] = {
        "imsmanifest.xml": manifest(
            version,
            "".join(item(number) for number in numbers),
            "".join(resource(version, number) for number in numbers),
        ),
        "shared/look.css": "h1 { color: #204060; }",
    }
    return files | {f"part{number}/index.html": SCOS[version] for number in numbers} | more


def zipped(files: dict[str, Any]) -> bytes:
    """These files as a ZIP. A name may come twice as a pair in a list under the key `twice`."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def upload(files: dict[str, Any] | bytes, name: str = "package.zip") -> SimpleUploadedFile:
    content = files if isinstance(files, bytes) else zipped(files)
    return SimpleUploadedFile(name, content, content_type="application/zip")
