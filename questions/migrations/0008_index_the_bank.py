from django.db import migrations

# What questions/search.py does for new words, for all that was written before there was a list.
INDEX = """
UPDATE questions_questionversion v
SET search = setweight(to_tsvector('english', v.stem), 'A')
    || setweight(to_tsvector('english', concat_ws(' ', o.texts, p.texts)), 'B')
    || setweight(to_tsvector('english', v.explanation), 'C')
    || setweight(to_tsvector('english', concat_ws(' ', o.rationales, p.rationales)), 'D')
FROM questions_questionversion w
LEFT JOIN LATERAL (
    SELECT string_agg(text, ' ') AS texts, string_agg(rationale, ' ') AS rationales
    FROM questions_option WHERE version_id = w.id
) o ON true
LEFT JOIN LATERAL (
    SELECT string_agg(text, ' ') AS texts, string_agg(rationale, ' ') AS rationales
    FROM questions_prompt WHERE version_id = w.id
) p ON true
WHERE w.id = v.id AND v.search IS NULL
"""


class Migration(migrations.Migration):
    """Make every version findable that was written before the list of questions."""

    dependencies = [("questions", "0007_guide")]

    operations = [migrations.RunSQL(INDEX, migrations.RunSQL.noop)]
