from django.db import migrations

KEEP = """
CREATE FUNCTION questions_keep_trail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A person or a draft may be deleted; what was done, why and when stays as it was written.
    IF TG_OP = 'UPDATE'
        AND (NEW.question_id, NEW.act, NEW.reason, NEW.at)
            IS NOT DISTINCT FROM (OLD.question_id, OLD.act, OLD.reason, OLD.at)
        AND (NEW.actor_id IS NULL OR NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id)
        AND (NEW.version_id IS NULL OR NEW.version_id IS NOT DISTINCT FROM OLD.version_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the trail of a question is append-only';
END
$$;
CREATE TRIGGER questions_keep_trail BEFORE UPDATE OR DELETE ON questions_trailentry
FOR EACH ROW EXECUTE FUNCTION questions_keep_trail();
"""

LOOSEN = """
DROP TRIGGER questions_keep_trail ON questions_trailentry;
DROP FUNCTION questions_keep_trail();
"""


class Migration(migrations.Migration):
    """Who did what to a question, and why, can be added to but not rewritten."""

    dependencies = [("questions", "0002_authoring")]

    operations = [migrations.RunSQL(KEEP, LOOSEN)]
