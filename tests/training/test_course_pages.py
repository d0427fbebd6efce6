"""A course on its way through the pages: written by staff, looked at, published, and played."""

import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import ProductCategoryFactory
from tests.training.factories import CourseFactory
from training.models import Course, Enrolment, Lesson
from training.services import course_files

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(100))
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n"


def test_a_video_is_put_in_seen_published_and_played_in_pieces(
    owner: Membership, rep: Membership, client_for: SignIn
) -> None:
    staff, learner = client_for(owner), client_for(rep)
    staff.post(
        "/hanbit/training/courses/add/", {"code": "v", "titles_en": "Walls", "is_open": "on", "valid_months": 12}
    )
    with staff_scope(owner.manufacturer_id):
        course = Course.objects.get()
        module = course.versions.get().modules.get()
    page, adding = (
        f"/hanbit/training/courses/{course.pk}/",
        f"/hanbit/training/modules/{module.pk}/lessons/add/?kind=video",
    )
    given = {"titles_en": "See", "minutes": 3, "is_required": "on", "chapters_en": "0:05 Tools\n1:75 Wrong"}
    files = {"file_en": SimpleUploadedFile("a.mp4", MP4), "captions_en": SimpleUploadedFile("a.vtt", VTT)}
    assert "does not begin with a time" in staff.post(adding, given | files).content.decode()
    for each in files.values():
        each.seek(0)
    assert staff.post(adding, given | files | {"chapters_en": "0:05 Tools"})["Location"] == page
    with staff_scope(owner.manufacturer_id):
        lesson = Lesson.objects.get()
    preview = staff.get(f"/hanbit/training/lessons/{lesson.pk}/preview/")
    assert "<video" in preview.content.decode()
    assert "media-src 'self'" in preview["Content-Security-Policy"]
    for tab in ("content", "versions", "history"):
        assert staff.get(page, {"tab": tab}).status_code == 200
    staff.post(f"{page}step/", {"step": "publish", "note": "First"})
    learner.post(f"/hanbit/portal/learning/courses/{course.pk}/enrol/")
    with staff_scope(owner.manufacturer_id):
        enrolment, content = Enrolment.objects.get(), lesson.contents.get()
    files_url = f"/hanbit/portal/learning/{enrolment.pk}/contents/{content.pk}"
    assert learner.get(f"{files_url}/file/").status_code == 404
    shown = learner.get(f"/hanbit/portal/learning/{enrolment.pk}/lessons/{lesson.pk}/").content.decode()
    assert f'src="{files_url}/file/"' in shown
    assert "Tools" in shown
    piece = learner.get(f"{files_url}/file/", headers={"Range": "bytes=4-11"})
    assert (piece.status_code, piece.getvalue(), piece["Content-Type"]) == (206, b"ftypmp42", "video/mp4")
    captions = learner.get(f"{files_url}/captions/")
    assert (captions.getvalue(), captions["Content-Type"], captions["X-Content-Type-Options"]) == (
        VTT,
        "text/vtt",
        "nosniff",
    )


def test_what_goes_out_as_a_file_comes_in_by_the_page_and_mistakes_stand_beside_it(
    owner: Membership, client_for: SignIn
) -> None:
    staff = client_for(owner)
    staff.post("/hanbit/training/courses/add/", {"code": "v", "titles_en": "Walls", "valid_months": 12})
    with staff_scope(owner.manufacturer_id):
        course = Course.objects.get()
    out = staff.get(f"/hanbit/training/courses/{course.pk}/export/").getvalue()
    page = "/hanbit/training/import/"
    assert staff.post(page, {"file": SimpleUploadedFile("v.zip", out)}).status_code == 302
    wrong = io.BytesIO(out.replace(b"course.json", b"course.jsin"))
    assert "is missing in it" in staff.post(page, {"file": SimpleUploadedFile("v.zip", wrong.read())}).content.decode()
    with staff_scope(owner.manufacturer_id):
        assert sorted(Course.objects.values_list("code", flat=True)) == ["v", "v-2"]
        assert Course.objects.get(code="v").is_open is False


def test_a_course_is_about_several_product_lines(owner: Membership, rep: Membership, client_for: SignIn) -> None:
    manufacturer = owner.manufacturer
    for code, name in (("floor", "Floors"), ("wall", "Walls"), ("door", "Doors")):
        ProductCategoryFactory(manufacturer=manufacturer, code=code, names={"en": name})
    course = CourseFactory(manufacturer=manufacturer, titles={"en": "Laying"}, product_lines=["floor", "gone"])
    other = CourseFactory(manufacturer=manufacturer, titles={"en": "Hanging"}, product_lines=["door"])
    client = client_for(owner)
    page = f"/hanbit/training/courses/{course.pk}/"
    form = client.get(f"{page}edit/").context["form"]
    assert [code for code, _name in form.fields["product_lines"].choices] == ["door", "floor", "wall", "gone"]
    given = {"titles_en": "Laying", "code": course.code, "valid_months": "12", "is_open": "on"}
    client.post(f"{page}edit/", given | {"product_lines": ["floor", "wall"]})
    with staff_scope(manufacturer.pk):
        course.refresh_from_db()
        assert course.product_lines == ["floor", "wall"]
        assert course_files.copy_course(course, by=owner).product_lines == ["floor", "wall"]
        Course.objects.exclude(pk__in=[course.pk, other.pk]).delete()
    assert "Floors, Walls" in client.get(page).content.decode()
    assert "Product lines" in client.get(f"{page}?tab=history").content.decode()
    for asked, found in (("wall", [True, False]), ("wall&line=door", [True, True])):
        listed = client.get(f"/hanbit/training/?line={asked}").content.decode()
        assert [f">{title}<" in listed for title in ("Laying", "Hanging")] == found
    assert "Floors, Walls" in client_for(rep).get("/hanbit/portal/learning/").content.decode()


def test_what_is_deleted_is_asked_about_first(owner: Membership, client_for: SignIn) -> None:
    client = client_for(owner)
    client.post("/hanbit/training/courses/add/", {"code": "v", "titles_en": "Walls", "valid_months": 12})
    with staff_scope(owner.manufacturer_id):
        course = Course.objects.get()
        version = course.versions.get()
        module = version.modules.create(order=1)
        lesson = Lesson.objects.create(version=version, module=module, kind="page", order=1)
    pages = {
        f"/hanbit/training/lessons/{lesson.pk}/": ('name="remove"', "Delete the lesson"),
        f"/hanbit/training/courses/{course.pk}/?tab=versions": ('value="delete"', "Delete the course"),
    }
    for url, (button, summary) in pages.items():
        content = client.get(url).content.decode()
        folds = re.findall(r"<details class=\"more\">(.*?)</details>", content, re.DOTALL)
        (fold,) = [each for each in folds if button in each]
        assert f"<summary>{summary}</summary>" in fold
        assert "This cannot be undone." in fold
        assert content.count(button) == 1
