-- Whether a person, by id, is a contributor to a trial.
create or replace function is_author_of(trial uuid, person text) returns boolean stable language sql as $$
  select exists (select from trial_events where trial_id = trial and by_id = person
      and kind in {{author_events}})
    or exists (select from observations where trial_id = trial and by_id = person)
    or exists (select from attachments where trial_id = trial and by_id = person)
    or exists (select from attachment_withdrawals where trial_id = trial and by_id = person)
    or exists (select from outcome_decisions where trial_id = trial and by_id = person)
$$;
