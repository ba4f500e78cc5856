-- What became of a prediction: `predictionResult` of lib/domain/outcome/prediction.
create or replace function prediction_result(prediction text[], outcome text, end_state text) returns text immutable language sql as $$
  select case
    when prediction is null then 'none'
    when outcome in {{outcomes_left_out}} or outcome_against_end(outcome, end_state) then 'notCounted'
    when outcome = any (prediction) then 'cameTrue'
    else 'didNot' end
$$;
