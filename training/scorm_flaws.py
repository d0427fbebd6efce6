"""What is wrong with a SCORM package, in sentences that say how to mend it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pages import formats
from training.scorm_manifest import Flaw

SENTENCES = {
    "damaged": gettext_noop("The ZIP is damaged. Export the package anew and upload that."),
    "many_files": gettext_noop("The package has more than %(most)s files. Divide it into several lessons."),
    "bomb": gettext_noop(
        "The package unpacks to more than %(most)s MB, or to far more than it should. It was refused."
    ),
    "bad_name": gettext_noop("“%(file)s” is no name of a file inside a package. Export the package anew."),
    "link": gettext_noop("“%(file)s” is a link to another file. Put the file itself there."),
    "locked": gettext_noop("“%(file)s” is locked by a password. Export the package without one."),
    "twice": gettext_noop("“%(file)s” is in the package twice. Take one of them out."),
    "program": gettext_noop("“%(file)s” is a program. Packages are shown in a browser: take it out."),
    "method": gettext_noop("“%(file)s” is packed in a way that is not usual. Save it as an ordinary ZIP."),
    "in_folder": gettext_noop(
        "“imsmanifest.xml” lies in the folder “%(folder)s”. Pack what is in this folder, not the folder itself."
    ),
    "other_kind": gettext_noop("This is an %(kind)s package. Export it as SCORM 1.2 or SCORM 2004."),
    "no_manifest": gettext_noop("There is no “imsmanifest.xml” in it, so this is no SCORM package."),
    "large_manifest": gettext_noop("Its “imsmanifest.xml” is larger than 5 MB. Export the package anew."),
    "entities": gettext_noop("Its “imsmanifest.xml” declares types or entities (DOCTYPE). Take these lines out."),
    "not_xml": gettext_noop("Its “imsmanifest.xml” cannot be read: look at line %(line)s."),
    "encoding": gettext_noop("Its “imsmanifest.xml” is not written in %(encoding)s, as it says. Save it as UTF-8."),
    "version": gettext_noop(
        "It does not say that it is SCORM 1.2 or SCORM 2004 (it says “%(version)s”). Export it as one of these."
    ),
    "nested": gettext_noop("Its manifest has another manifest inside. Export each part as a package of its own."),
    "no_items": gettext_noop("Its manifest names nothing to play. Export the package anew."),
    "many_items": gettext_noop("Its manifest has more than %(most)s items, or items too deep. Divide the package."),
    "no_resource": gettext_noop("“%(item)s” refers to “%(resource)s”, which its manifest does not have."),
    "no_launch": gettext_noop("“%(item)s” opens “%(file)s”, which is not in the package."),
    "other_case": gettext_noop(
        "“%(item)s” opens “%(file)s”, but the file is called “%(there)s”: make capitals and small letters the same."
    ),
    "outside": gettext_noop("“%(item)s” opens “%(file)s”, which lies outside of the package."),
}


def sentence(flaw: Flaw) -> str:
    """What is wrong, in the reader's language."""
    facts = {name: formats.number(each) if isinstance(each, int) else each for name, each in flaw.facts.items()}
    return _(SENTENCES[flaw.reason]) % facts
