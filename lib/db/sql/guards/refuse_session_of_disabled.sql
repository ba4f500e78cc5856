create or replace function refuse_session_of_disabled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM users WHERE id = NEW.user_id AND disabled_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a disabled person has no session' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger not_of_disabled before insert on sessions
  for each row execute function refuse_session_of_disabled();
