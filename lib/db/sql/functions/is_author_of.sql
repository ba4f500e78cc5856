-- Who had a hand in a trial, by id: the list of lib/domain/review.
create or replace function is_author_of(trial uuid, person text) returns boolean stable language sql as $$
  select exists (select from trial_events where trial_id = trial and by_id = person
      and kind in ('drafted', 'registered', 'armed', 'released', 'slotReleased', 'concluded', 'reopened', 'withdrawn', 'voided', 'outcomeCorrected'))
    or exists (select from observations where trial_id = trial and by_id = person)
    or exists (select from outcome_decisions where trial_id = trial and by_id = person)
$$;
