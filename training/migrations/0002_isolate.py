from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

# A partner reads the courses that are out and open to enrol, or that its people take, with their outline; what a
# lesson says it reads once somebody of its own is enrolled.
FOR_PARTNERS = """
GRANT SELECT ON training_course, training_courseprerequisite, training_courseversion, training_module, training_lesson,
    training_lessoncontent TO prm_partner;
CREATE POLICY partner_select ON training_course FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint AND state <> 'draft'
    AND (is_open OR EXISTS (
        SELECT FROM training_enrolment e
        WHERE e.manufacturer_id = current_setting('app.manufacturer')::bigint
        AND e.partner_id = current_setting('app.partner')::bigint AND e.course_id = training_course.id
    ))
);
CREATE POLICY partner_select ON training_courseprerequisite FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND EXISTS (SELECT FROM training_course c WHERE c.id = course_id)
);
CREATE POLICY partner_select ON training_courseversion FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint AND state <> 'draft'
    AND EXISTS (SELECT FROM training_course c WHERE c.id = course_id)
);
CREATE POLICY partner_select ON training_module FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND EXISTS (SELECT FROM training_courseversion v WHERE v.id = version_id)
);
CREATE POLICY partner_select ON training_lesson FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND EXISTS (SELECT FROM training_courseversion v WHERE v.id = version_id)
);
CREATE POLICY partner_select ON training_lessoncontent FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND EXISTS (
        SELECT FROM training_lesson l JOIN training_enrolment e ON e.version_id = l.version_id
        WHERE l.id = lesson_id AND e.manufacturer_id = current_setting('app.manufacturer')::bigint
        AND e.partner_id = current_setting('app.partner')::bigint AND e.state <> 'withdrawn'
    )
);
"""
FOR_PARTNERS_BACK = """
DROP POLICY partner_select ON training_lessoncontent;
DROP POLICY partner_select ON training_lesson;
DROP POLICY partner_select ON training_module;
DROP POLICY partner_select ON training_courseversion;
DROP POLICY partner_select ON training_courseprerequisite;
DROP POLICY partner_select ON training_course;
REVOKE SELECT ON training_course, training_courseprerequisite, training_courseversion, training_module, training_lesson,
    training_lessoncontent FROM prm_partner;
"""
MEMBER = {"member_id": "tenancy_membership"}
PARTNER = {"partner_id": "partners_partner"}


class Migration(migrations.Migration):
    dependencies = [("training", "0001_courses")]

    operations = [
        Isolate(
            "Course",
            partner_reads=False,
            keys={
                "category_id": "commerce_productcategory",
                "owner_id": "tenancy_membership",
                "audience_id": "partners_audience",
                "qualification_id": "partners_qualificationtype",
            },
        ),
        IsolateHistory("CourseEvent"),
        Isolate(
            "CoursePrerequisite",
            partner_reads=False,
            is_target=False,
            keys={"course_id": "training_course", "needs_id": "training_course"},
        ),
        Isolate(
            "CourseVersion",
            partner_reads=False,
            keys={"course_id": "training_course", "published_by_id": "tenancy_membership"},
        ),
        Isolate("Module", partner_reads=False, keys={"version_id": "training_courseversion"}),
        Isolate(
            "Lesson",
            partner_reads=False,
            keys={"version_id": "training_courseversion", "module_id": "training_module"},
        ),
        Isolate("LessonContent", partner_reads=False, is_target=False, keys={"lesson_id": "training_lesson"}),
        Isolate(
            "Enrolment",
            partner_column="partner_id",
            keys={"course_id": "training_course", "version_id": "training_courseversion", "by_id": "tenancy_membership"}
            | PARTNER
            | MEMBER,
        ),
        Isolate(
            "LessonProgress",
            partner_column="partner_id",
            keys={"enrolment_id": "training_enrolment", "lesson_id": "training_lesson"} | PARTNER,
        ),
        migrations.RunSQL(FOR_PARTNERS, FOR_PARTNERS_BACK),
    ]
