"""A SCORM package as a form takes it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.files import UploadField
from training.scorm_archive import MOST_PACKAGE


class PackageForm(forms.Form):
    """The ZIP that an authoring tool exports."""

    file = UploadField(label=_("Package (ZIP)"), kinds=("zip",), max_bytes=MOST_PACKAGE)
