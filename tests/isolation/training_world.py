"""Objects of training in the world of the isolation tests: a function a subject, each in `SUBJECTS`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.training.factories import (
    CourseFactory,
    LiveSessionFactory,
    QuestionBankFactory,
    QuestionFactory,
    QuizFactory,
    lesson_of_kind,
    programme_of,
)
from tests.training.scorm_packages import package, upload
from training.models import Certificate, Course, CourseVersion, Lesson, ProgrammePerson, Question
from training.services import (
    content,
    courses,
    exemptions,
    learning,
    live,
    practice,
    programme_people,
    quizzes,
    scorm,
    trainer_questions,
)


def course_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A course with a draft beside what is out, taken by Seoul Agency's admin, with a file and a picture."""
    course = CourseFactory(manufacturer=world.manufacturer, code="basics")
    with staff_scope(world.manufacturer.pk):
        lesson = Lesson.objects.filter(version__course=course).earliest("order")
        CourseVersion.objects.filter(course=course).update(state="draft")
        captions, picture = SimpleUploadedFile("a.vtt", b"WEBVTT\n"), picture_upload("cut.png")
        content.save_content(lesson, "en", {"body": "![A cut](cut.png)", "captions": captions})
        content.add_pictures(course, [picture])
        CourseVersion.objects.filter(course=course).update(state="published")
        draft = courses.draft_of(course)
        module = draft.modules.get()
        new = draft.lessons.earliest("order")
        enrolment = learning.enrol(course, world.members[Role.PARTNER_ADMIN])
        learning.open_lesson(enrolment, lesson)
        shown = lesson.contents.get()
    own = {"pk": course.pk}
    learned = {"enrolment": enrolment.pk}
    return (
        {
            f"training:{page}": own
            for page in (
                "course",
                "course_edit",
                "course_step",
                "course_people",
                "course_enrol",
                "course_move",
                "course_export",
            )
        }
        | {f"training_portal:{page}": own for page in ("course", "enrol")}
        | {
            "training:course_picture": own | {"picture": "cut.png"},
            "training:analysis_partner": {"pk": world.partner.pk},
            "training:enrolment": {"pk": enrolment.pk},
            "training:enrolment_step": {"pk": enrolment.pk},
            "training:module_create": {"course": course.pk},
            "training:module": {"pk": module.pk},
            "training:lesson_create": {"module": module.pk},
            "training:lesson_file": {"pk": shown.pk, "what": "captions"},
            "training_portal:lesson_file": learned | {"content": shown.pk, "what": "captions"},
            "training_portal:picture": learned | {"picture": "cut.png"},
        }
        | {f"training:{page}": {"pk": new.pk} for page in ("lesson", "lesson_preview", "picture_add")}
        | {
            f"training_portal:{page}": learned | {"lesson": lesson.pk}
            for page in ("lesson", "lesson_done", "lesson_place")
        }
    )


def quiz_objects(world: Any) -> dict[str, dict[str, Any]]:
    """An attempt of Seoul Agency's admin at a quiz, the first question of which has a picture."""
    quiz = QuizFactory(manufacturer=world.manufacturer)
    with staff_scope(world.manufacturer.pk):
        for question in Question.objects.filter(bank__in=quiz.parts.values("bank")):
            question.picture.save("floor.png", SimpleUploadedFile("floor.png", b"\x89PNG\r\n"))
        course = Course.objects.get(versions=quiz.lesson.version_id)
        enrolment = learning.enrol(course, world.members[Role.PARTNER_ADMIN])
        attempt = quizzes.start(enrolment, quiz.lesson)
    own = {"enrolment": enrolment.pk, "pk": attempt.pk}
    return {
        "training_portal:quiz_start": {"enrolment": enrolment.pk, "lesson": quiz.lesson_id},
        "training_portal:attempt": own,
        "training_portal:answer": own | {"order": 0},
        "training_portal:attempt_picture": own | {"order": 0},
    }


def picture_upload(name: str) -> Any:
    """A picture as a form hands it over."""
    upload: Any = SimpleUploadedFile(name, b"\x89PNG\r\n")
    upload.checked_type = "image/png"
    return upload


def bank_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A question with a picture in a bank, and a quiz that is written."""
    bank = QuestionBankFactory(manufacturer=world.manufacturer)
    question = QuestionFactory(manufacturer=world.manufacturer, bank=bank)
    with staff_scope(world.manufacturer.pk):
        question.picture.save("floor.png", SimpleUploadedFile("floor.png", b"\x89PNG\r\n"))
        version = courses.create_course(Course(code="quizzed", titles={"en": "Quizzed"})).versions.get()
        lesson = Lesson(version=version, module=version.modules.get(), kind="quiz", titles={"en": "Quiz"})
        content.save_lesson(lesson)
    banks = {
        f"training:{page}": {"pk": bank.pk} for page in ("bank", "bank_edit", "question_import", "question_export")
    }
    pages = ("question", "question_edit", "question_step", "question_picture")
    return (
        banks
        | {f"training:{page}": {"pk": question.pk} for page in pages}
        | {"training:question_create": {"bank": bank.pk}, "training:quiz_edit": {"pk": lesson.pk}}
    )


def package_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A lesson of a draft that plays a package."""
    with staff_scope(world.manufacturer.pk):
        version = courses.create_course(Course(code="packed", titles={"en": "Packed"})).versions.get()
        lesson = Lesson(version=version, module=version.modules.get(), kind="scorm", titles={"en": "Package"})
        content.save_lesson(lesson)
        scorm.keep_package(lesson, upload(package()), by=world.members[Role.OWNER])
    return {f"training:{page}": {"pk": lesson.pk} for page in ("scorm_edit", "scorm_file")}


def live_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A session at which Seoul Agency's admin has a seat, a survey, work handed in with a file, and a question; and a survey
    and a task that are written."""
    made = {kind: lesson_of_kind(world.manufacturer, kind) for kind in ("live", "survey", "task")}
    session = LiveSessionFactory(
        manufacturer=world.manufacturer, lesson=made["live"], starts_at=timezone.now() + dt.timedelta(days=3)
    )
    with staff_scope(world.manufacturer.pk):
        enrolments = {
            kind: learning.enrol(lesson.version.course, world.members[Role.PARTNER_ADMIN])
            for kind, lesson in made.items()
        }
        live.book(enrolments["live"], made["live"], session.pk)
        photo: Any = SimpleUploadedFile("floor.pdf", b"%PDF-1.4")
        photo.checked_type = "application/pdf"
        work = practice.hand_in(enrolments["task"], made["task"], text="Done", files=[photo])
        question = trainer_questions.ask(enrolments["live"], made["live"], "How long?")
        drafts = {kind: courses.draft_of(made[kind].version.course).lessons.get().pk for kind in ("survey", "task")}
        file = work.files.get()
    played = {kind: {"enrolment": enrolments[kind].pk, "lesson": made[kind].pk} for kind in made}
    seat = {"enrolment": enrolments["live"].pk, "session": session.pk}
    handed_in = {"enrolment": enrolments["task"].pk}
    return (
        {
            f"training:{page}": {"pk": session.pk}
            for page in ("session", "session_edit", "session_off", "attendance", "attendance_list")
        }
        | {f"training:survey_{page}": {"pk": drafts["survey"]} for page in ("edit", "results", "export")}
        | {f"training_portal:{page}": seat for page in ("live_lesson", "seat_give_back", "seat_calendar")}
        | {f"training_portal:{page}": handed_in | {"pk": work.pk} for page in ("hand_in", "take_back")}
        | {
            "training:task_edit": {"pk": drafts["task"]},
            "training:hand_in": {"pk": work.pk},
            "training:hand_in_file": {"pk": file.pk},
            "training:asked": {"pk": question.pk},
            "training_portal:seat_book": played["live"] | {"session": session.pk},
            "training_portal:survey": played["survey"],
            "training_portal:hand_in_add": played["task"],
            "training_portal:hand_in_file": handed_in | {"pk": file.pk},
            "training_portal:ask": played["live"],
            "training_portal:questions": {"enrolment": enrolments["live"].pk},
        }
    )


def certificate_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A certificate of Seoul Agency's admin."""
    course = CourseFactory(manufacturer=world.manufacturer, code="certified", lessons=1)
    with staff_scope(world.manufacturer.pk):
        enrolment = learning.enrol(course, world.members[Role.PARTNER_ADMIN])
        learning.finish_lesson(enrolment, Lesson.objects.get(version__course=course))
        certificate = Certificate.objects.get(enrolment=enrolment)
    own = {"pk": certificate.pk}
    return {f"training:certificate{page}": own for page in ("", "_step", "_pdf")} | {
        "training_portal:certificate_pdf": own,
        "training:certificate_preview": {"language": "ko"},
        "training_public:certificate": {"number": certificate.number},
    }


def programme_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A programme that Seoul Agency's admin learns by, offered to partners, with a course recognised by a paper."""
    courses_of_it = [CourseFactory(manufacturer=world.manufacturer) for _each in range(2)]
    admin, owner = world.members[Role.PARTNER_ADMIN], world.members[Role.OWNER]
    programme = programme_of(owner, courses_of_it, is_automatic=False, is_offered=True)
    with staff_scope(world.manufacturer.pk):
        programme_people.put_in(programme, [admin], by=owner)
        made = exemptions.exempt_from(
            courses_of_it[0], admin, reason="Trade school", by=owner, paper=picture_upload("paper.png")
        )
        person = ProgrammePerson.objects.get(programme=programme)
    own, somebody = {"pk": programme.pk}, {"pk": person.pk}
    pages = (
        "programme",
        "programme_edit",
        "programme_preview",
        "programme_step",
        "programme_partners",
        "programme_people",
    )
    return (
        {f"training:{page}": own for page in pages}
        | {
            f"training:{page}": somebody
            for page in ("programme_person", "programme_person_step", "programme_recognise")
        }
        | {f"training_portal:{page}": own for page in ("programme", "team_programme")}
        | {"training:exemption_paper": {"pk": made.pk}}
    )


SUBJECTS: tuple[Callable[[Any], dict[str, dict[str, Any]]], ...] = (
    course_objects,
    quiz_objects,
    bank_objects,
    package_objects,
    live_objects,
    certificate_objects,
    programme_objects,
)


def training_objects(world: Any) -> dict[str, dict[str, Any]]:
    """What stands in the addresses of training beside the manufacturer, by their names."""
    return {name: named for subject in SUBJECTS for name, named in subject(world).items()}
