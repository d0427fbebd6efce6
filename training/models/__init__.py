"""The tables of training; one module a subject."""

from training.models.courses import (
    Course,
    CoursePicture,
    CoursePrerequisite,
    CourseState,
    CourseVersion,
    Lesson,
    LessonContent,
    LessonKind,
    Module,
)
from training.models.learning import OPEN_ENROLMENTS, Enrolment, EnrolmentSource, EnrolmentState, LessonProgress
from training.models.quizzes import (
    Attempt,
    AttemptQuestion,
    Question,
    QuestionBank,
    QuestionKind,
    Quiz,
    QuizPart,
    Reveal,
)
from training.models.scorm import (
    ScormActivity,
    ScormFile,
    ScormLesson,
    ScormPackage,
    ScormState,
    ScormVersion,
)

__all__ = [
    "OPEN_ENROLMENTS",
    "Attempt",
    "AttemptQuestion",
    "Course",
    "CoursePicture",
    "CoursePrerequisite",
    "CourseState",
    "CourseVersion",
    "Enrolment",
    "EnrolmentSource",
    "EnrolmentState",
    "Lesson",
    "LessonContent",
    "LessonKind",
    "LessonProgress",
    "Module",
    "Question",
    "QuestionBank",
    "QuestionKind",
    "Quiz",
    "QuizPart",
    "Reveal",
    "ScormActivity",
    "ScormFile",
    "ScormLesson",
    "ScormPackage",
    "ScormState",
    "ScormVersion",
]
