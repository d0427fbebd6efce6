"""The tables of training; one module a subject."""

from training.models.analysis import CourseEffect, EnrolmentRisk, RiskModel
from training.models.certificates import Certificate, CertificateState, CertificateTemplate, new_number
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
from training.models.live import HELD_SEATS, LiveSeat, LiveSession, SeatState, SessionState
from training.models.points import LeaderboardLeaver, LearningPoints, PointRules
from training.models.practice import HandIn, HandInFile, HandInState, PracticalTask
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
from training.models.surveys import Survey, SurveyKind, SurveyQuestion, SurveyReply, SurveySheet
from training.models.trainer_questions import LessonQuestion, QuestionState

__all__ = [
    "HELD_SEATS",
    "OPEN_ENROLMENTS",
    "Attempt",
    "AttemptQuestion",
    "Certificate",
    "CertificateState",
    "CertificateTemplate",
    "Course",
    "CourseEffect",
    "CoursePicture",
    "CoursePrerequisite",
    "CourseState",
    "CourseVersion",
    "Enrolment",
    "EnrolmentRisk",
    "EnrolmentSource",
    "EnrolmentState",
    "HandIn",
    "HandInFile",
    "HandInState",
    "LeaderboardLeaver",
    "LearningPoints",
    "Lesson",
    "LessonContent",
    "LessonKind",
    "LessonProgress",
    "LessonQuestion",
    "LiveSeat",
    "LiveSession",
    "Module",
    "PointRules",
    "PracticalTask",
    "Question",
    "QuestionBank",
    "QuestionKind",
    "QuestionState",
    "Quiz",
    "QuizPart",
    "Reveal",
    "RiskModel",
    "ScormActivity",
    "ScormFile",
    "ScormLesson",
    "ScormPackage",
    "ScormState",
    "ScormVersion",
    "SeatState",
    "SessionState",
    "Survey",
    "SurveyKind",
    "SurveyQuestion",
    "SurveyReply",
    "SurveySheet",
    "new_number",
]
