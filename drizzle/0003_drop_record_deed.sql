-- Renamed: the function is lib/db/sql/functions/record_action.sql now.
DROP FUNCTION IF EXISTS record_deed(text, text, text, uuid, uuid, jsonb, text);
