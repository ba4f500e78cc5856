create or replace function guard_sealed_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_if_sealed(OLD.id);
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

create or replace trigger is_sealed before update or delete on trials
  for each row execute function guard_sealed_trial();
