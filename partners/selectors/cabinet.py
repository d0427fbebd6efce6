"""Everything read of the files that staff and partner share."""

from django.db.models import CharField, Func, Q, QuerySet

from partners.models import FileVersion, Partner, SharedFile

MOST_TAGS = 30


def files_of(partner: Partner) -> QuerySet[SharedFile]:
    """The files in a partner's cabinet, with their latest versions. The database leaves out what staff keep alone."""
    return SharedFile.objects.filter(partner=partner, removed_at=None).select_related("latest", "partner")


def found(files: QuerySet[SharedFile], *, search: str = "", tag: str = "") -> QuerySet[SharedFile]:
    """Those of `files` whose name or description holds the text, with the tag."""
    if search:
        files = files.filter(Q(name__icontains=search) | Q(description__icontains=search))
    return files.filter(tags__contains=[tag]) if tag else files


def removed_files(partner: Partner) -> QuerySet[SharedFile]:
    """The files that were taken out and can be brought back, newest first."""
    return SharedFile.objects.filter(partner=partner, removed_at__isnull=False).order_by("-removed_at", "-pk")


def versions_of(file: SharedFile) -> QuerySet[FileVersion]:
    """All versions of a file, latest first."""
    return FileVersion.objects.filter(file=file).order_by("-number")


def tags_of(partner: Partner) -> list[str]:
    """The tags in use in a partner's cabinet, in order."""
    files = files_of(partner).order_by().annotate(tag=Func("tags", function="unnest", output_field=CharField()))
    return sorted(set(files.values_list("tag", flat=True)))[:MOST_TAGS]
