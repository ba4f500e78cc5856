-- Whether an outcome contradicts the OS before and after: `os` of lib/domain/outcome/outcome, outcome by outcome.
create or replace function outcome_against_end(outcome text, end_state text) returns boolean immutable language sql as $$
  select case
    when outcome in {{outcomes_of_change}}
      then end_state <> 'changed'
    when outcome in {{outcomes_without_change}}
      then end_state = 'changed'
    else false end
$$;
