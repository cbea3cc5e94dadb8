-- appeals_upheld_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(appeals_upheld_share_numerator) AS appeals_upheld_share_numerator,
  COUNT(appeals_upheld_share_denominator) AS appeals_upheld_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      appeal_outcome IS NULL
    ) AND appeal_outcome = 'upheld', FALSE) AS appeals_upheld_share_numerator,
    NULLIF(NOT (
      appeal_outcome IS NULL
    ), FALSE) AS appeals_upheld_share_denominator,
    YEAR(appeal_decided_on) * 12 + MONTH(appeal_decided_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND appeal_decided_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- completed
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(completed_numerator) AS completed_numerator
FROM (
  SELECT
    oblast,
    centre,
    service,
    TRUE AS completed_numerator,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND NOT is_consultation
      AND ready_on <= CAST('2026-03-10' AS DATE)
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- completion_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(completion_share_numerator) AS completion_share_numerator,
  COUNT(completion_share_denominator) AS completion_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(ready_on <= CAST('2026-03-10' AS DATE), FALSE) AS completion_share_numerator,
    TRUE AS completion_share_denominator,
    YEAR(registered_on) * 12 + MONTH(registered_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND registered_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- consultation_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(consultation_share_numerator) AS consultation_share_numerator,
  COUNT(consultation_share_denominator) AS consultation_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(is_consultation, FALSE) AS consultation_share_numerator,
    TRUE AS consultation_share_denominator,
    YEAR(registered_on) * 12 + MONTH(registered_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided
    )
    AND registered_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- decision_days_median
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(decision_days_median_denominator) AS decision_days_median_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      decision_seconds IS NULL
    ), FALSE) AS decision_days_median_denominator,
    YEAR(decided_on) * 12 + MONTH(decided_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND decided_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  PERCENTILE(decision_seconds_quantiles_0, ARRAY(0.5)) AS decision_seconds_quantiles_0
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(decision_seconds * 1000 AS BIGINT) AS decision_seconds_quantiles_0,
    YEAR(decided_on) * 12 + MONTH(decided_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND NOT is_consultation
      AND NOT (
        decision_seconds IS NULL
      )
    )
    AND decided_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- digital_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(digital_share_numerator) AS digital_share_numerator,
  COUNT(digital_share_denominator) AS digital_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      is_online IS NULL
    ) AND is_online, FALSE) AS digital_share_numerator,
    NULLIF(NOT (
      is_online IS NULL
    ), FALSE) AS digital_share_denominator,
    YEAR(registered_on) * 12 + MONTH(registered_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND registered_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- extended_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(extended_share_numerator) AS extended_share_numerator,
  COUNT(extended_share_denominator) AS extended_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      extensions IS NULL
    ) AND extensions > 0, FALSE) AS extended_share_numerator,
    NULLIF(NOT (
      extensions IS NULL
    ), FALSE) AS extended_share_denominator,
    YEAR(due_on) * 12 + MONTH(due_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND due_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- forwarded_next_day_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(forwarded_next_day_share_numerator) AS forwarded_next_day_share_numerator,
  COUNT(forwarded_next_day_share_denominator) AS forwarded_next_day_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      forwarding_working_days IS NULL
    ) AND forwarding_working_days <= 1, FALSE) AS forwarded_next_day_share_numerator,
    NULLIF(NOT (
      forwarding_working_days IS NULL
    ), FALSE) AS forwarded_next_day_share_denominator,
    YEAR(registered_on) * 12 + MONTH(registered_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND registered_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- left_unserved_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(left_unserved_share_numerator) AS left_unserved_share_numerator,
  COUNT(left_unserved_share_denominator) AS left_unserved_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      outcome IS NULL
    ) AND NOT (
      left_on IS NULL
    ), FALSE) AS left_unserved_share_numerator,
    NULLIF(NOT (
      outcome IS NULL
    ), FALSE) AS left_unserved_share_denominator,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test AND NOT is_voided
    ) AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- notified_same_day_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(notified_same_day_share_numerator) AS notified_same_day_share_numerator,
  COUNT(notified_same_day_share_denominator) AS notified_same_day_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(
      result_received_on < CAST('2026-03-10' AS DATE)
      AND notified_on <= result_received_on,
      FALSE
    ) AS notified_same_day_share_numerator,
    NULLIF(result_received_on < CAST('2026-03-10' AS DATE), FALSE) AS notified_same_day_share_denominator,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- on_time_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(on_time_share_numerator) AS on_time_share_numerator,
  COUNT(on_time_share_denominator) AS on_time_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(
      due_on < CAST('2026-03-10' AS DATE)
      AND withdrawn_on IS NULL
      AND declined_on IS NULL
      AND (
        NOT (
          ready_on IS NULL
        ) OR closed_on IS NULL
      )
      AND is_on_time,
      FALSE
    ) AS on_time_share_numerator,
    NULLIF(
      due_on < CAST('2026-03-10' AS DATE)
      AND withdrawn_on IS NULL
      AND declined_on IS NULL
      AND (
        NOT (
          ready_on IS NULL
        ) OR closed_on IS NULL
      ),
      FALSE
    ) AS on_time_share_denominator,
    YEAR(due_on) * 12 + MONTH(due_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND due_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- on_time_share_all
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(on_time_share_all_numerator) AS on_time_share_all_numerator,
  COUNT(on_time_share_all_denominator) AS on_time_share_all_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(
      (
        due_on IS NULL
        OR is_on_time
        OR (
          ready_on IS NULL
          AND (
            due_on >= CAST('2026-03-10' AS DATE) OR closed_on <= due_on
          )
        )
      ),
      FALSE
    ) AS on_time_share_all_numerator,
    TRUE AS on_time_share_all_denominator,
    YEAR(registered_on) * 12 + MONTH(registered_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND registered_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- on_time_share_closed
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(on_time_share_closed_numerator) AS on_time_share_closed_numerator,
  COUNT(on_time_share_closed_denominator) AS on_time_share_closed_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      is_on_time IS NULL
    ) AND is_on_time, FALSE) AS on_time_share_closed_numerator,
    NULLIF(NOT (
      is_on_time IS NULL
    ), FALSE) AS on_time_share_closed_denominator,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- overdue_open
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(overdue_open_numerator) AS overdue_open_numerator
FROM (
  SELECT
    oblast,
    centre,
    service,
    TRUE AS overdue_open_numerator,
    due_on AS entered_on,
    COALESCE(closed_on, CAST('9999-12-31' AS DATE)) AS left_on
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND due_on <= CAST('2026-03-09' AS DATE)
    AND (
      closed_on IS NULL OR closed_on > due_on
    )
) AS standing
JOIN VALUES
  (0, CAST('2026-03-09' AS DATE), CAST('2026-03-10' AS DATE)) AS ends(period, entered_by, left_after)
  ON entered_on <= entered_by AND left_on > left_after
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- provider_days_mean
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  CAST(SUM(provider_days_mean_numerator) AS BIGINT) AS provider_days_mean_numerator,
  COUNT(provider_days_mean_denominator) AS provider_days_mean_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(provider_seconds * 1000 AS BIGINT) AS provider_days_mean_numerator,
    NULLIF(NOT (
      provider_seconds IS NULL
    ), FALSE) AS provider_days_mean_denominator,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- provider_days_median
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(provider_days_median_denominator) AS provider_days_median_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      provider_seconds IS NULL
    ), FALSE) AS provider_days_median_denominator,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  PERCENTILE(provider_seconds_quantiles_0, ARRAY(0.5)) AS provider_seconds_quantiles_0
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(provider_seconds * 1000 AS BIGINT) AS provider_seconds_quantiles_0,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND NOT is_consultation
      AND NOT (
        provider_seconds IS NULL
      )
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- provider_on_time_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(provider_on_time_share_numerator) AS provider_on_time_share_numerator,
  COUNT(provider_on_time_share_denominator) AS provider_on_time_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(
      (
        NOT (
          forwarded_on IS NULL
        ) OR NOT (
          accepted_on IS NULL
        )
      )
      AND due_on < CAST('2026-03-10' AS DATE)
      AND withdrawn_on IS NULL
      AND declined_on IS NULL
      AND (
        NOT (
          ready_on IS NULL
        ) OR closed_on IS NULL
      )
      AND result_received_on <= due_on,
      FALSE
    ) AS provider_on_time_share_numerator,
    NULLIF(
      (
        NOT (
          forwarded_on IS NULL
        ) OR NOT (
          accepted_on IS NULL
        )
      )
      AND due_on < CAST('2026-03-10' AS DATE)
      AND withdrawn_on IS NULL
      AND declined_on IS NULL
      AND (
        NOT (
          ready_on IS NULL
        ) OR closed_on IS NULL
      ),
      FALSE
    ) AS provider_on_time_share_denominator,
    YEAR(due_on) * 12 + MONTH(due_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND due_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- refusal_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(refusal_share_numerator) AS refusal_share_numerator,
  COUNT(refusal_share_denominator) AS refusal_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      decision IS NULL
    ) AND decision = 'refused', FALSE) AS refusal_share_numerator,
    NULLIF(NOT (
      decision IS NULL
    ), FALSE) AS refusal_share_denominator,
    YEAR(decided_on) * 12 + MONTH(decided_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND decided_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- registered
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(registered_numerator) AS registered_numerator
FROM (
  SELECT
    oblast,
    centre,
    service,
    TRUE AS registered_numerator,
    YEAR(registered_on) * 12 + MONTH(registered_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND registered_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- returned_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(returned_share_numerator) AS returned_share_numerator,
  COUNT(returned_share_denominator) AS returned_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(returned_on <= CAST('2026-03-10' AS DATE), FALSE) AS returned_share_numerator,
    TRUE AS returned_share_denominator,
    YEAR(registered_on) * 12 + MONTH(registered_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND registered_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- served_in_15_minutes_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(served_in_15_minutes_share_numerator) AS served_in_15_minutes_share_numerator,
  COUNT(served_in_15_minutes_share_denominator) AS served_in_15_minutes_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(waiting_seconds <= 900, FALSE) AS served_in_15_minutes_share_numerator,
    TRUE AS served_in_15_minutes_share_denominator,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND outcome = 'served'
      AND NOT (
        waiting_seconds IS NULL
      )
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- service_minutes_mean
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  CAST(SUM(service_minutes_mean_numerator) AS BIGINT) AS service_minutes_mean_numerator,
  COUNT(service_minutes_mean_denominator) AS service_minutes_mean_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(service_seconds * 1000 AS BIGINT) AS service_minutes_mean_numerator,
    NULLIF(NOT (
      service_seconds IS NULL
    ), FALSE) AS service_minutes_mean_denominator,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test AND NOT is_voided AND outcome = 'served'
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- service_minutes_median
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(service_minutes_median_denominator) AS service_minutes_median_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      service_seconds IS NULL
    ), FALSE) AS service_minutes_median_denominator,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test AND NOT is_voided AND outcome = 'served'
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  PERCENTILE(service_seconds_quantiles_0, ARRAY(0.5)) AS service_seconds_quantiles_0
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(service_seconds * 1000 AS BIGINT) AS service_seconds_quantiles_0,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND outcome = 'served'
      AND NOT (
        service_seconds IS NULL
      )
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- throughput_days_mean
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  CAST(SUM(throughput_days_mean_numerator) AS BIGINT) AS throughput_days_mean_numerator,
  COUNT(throughput_days_mean_denominator) AS throughput_days_mean_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(throughput_seconds * 1000 AS BIGINT) AS throughput_days_mean_numerator,
    NULLIF(NOT (
      throughput_seconds IS NULL
    ), FALSE) AS throughput_days_mean_denominator,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- throughput_days_median
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(throughput_days_median_denominator) AS throughput_days_median_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      throughput_seconds IS NULL
    ), FALSE) AS throughput_days_median_denominator,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  PERCENTILE(throughput_seconds_quantiles_0, ARRAY(0.5)) AS throughput_seconds_quantiles_0
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(throughput_seconds * 1000 AS BIGINT) AS throughput_seconds_quantiles_0,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND NOT is_consultation
      AND NOT (
        throughput_seconds IS NULL
      )
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- throughput_days_p90
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(throughput_days_p90_denominator) AS throughput_days_p90_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      throughput_seconds IS NULL
    ), FALSE) AS throughput_days_p90_denominator,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  PERCENTILE(throughput_seconds_quantiles_0, ARRAY(0.9)) AS throughput_seconds_quantiles_0
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(throughput_seconds * 1000 AS BIGINT) AS throughput_seconds_quantiles_0,
    YEAR(ready_on) * 12 + MONTH(ready_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND NOT is_consultation
      AND NOT (
        throughput_seconds IS NULL
      )
    )
    AND ready_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- uncollected_open
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(uncollected_open_numerator) AS uncollected_open_numerator
FROM (
  SELECT
    oblast,
    centre,
    service,
    TRUE AS uncollected_open_numerator,
    ready_on AS entered_on,
    COALESCE(issued_on, CAST('9999-12-31' AS DATE)) AS left_on
  FROM cases
  WHERE
    (
      NOT is_test AND NOT is_voided AND NOT is_consultation
    )
    AND ready_on <= CAST('2026-03-09' AS DATE)
    AND (
      issued_on IS NULL OR issued_on > ready_on
    )
) AS standing
JOIN VALUES
  (0, CAST('2026-03-09' AS DATE), CAST('2026-03-10' AS DATE)) AS ends(period, entered_by, left_after)
  ON entered_on <= entered_by AND left_on > left_after
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- waiting_minutes_mean
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  CAST(SUM(waiting_minutes_mean_numerator) AS BIGINT) AS waiting_minutes_mean_numerator,
  COUNT(waiting_minutes_mean_denominator) AS waiting_minutes_mean_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(waiting_seconds * 1000 AS BIGINT) AS waiting_minutes_mean_numerator,
    NULLIF(NOT (
      waiting_seconds IS NULL
    ), FALSE) AS waiting_minutes_mean_denominator,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test AND NOT is_voided AND outcome = 'served'
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- waiting_minutes_median
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(waiting_minutes_median_denominator) AS waiting_minutes_median_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      waiting_seconds IS NULL
    ), FALSE) AS waiting_minutes_median_denominator,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test AND NOT is_voided AND outcome = 'served'
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  PERCENTILE(waiting_seconds_quantiles_0, ARRAY(0.5)) AS waiting_seconds_quantiles_0
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(waiting_seconds * 1000 AS BIGINT) AS waiting_seconds_quantiles_0,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND outcome = 'served'
      AND NOT (
        waiting_seconds IS NULL
      )
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- waiting_minutes_p90
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(waiting_minutes_p90_denominator) AS waiting_minutes_p90_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(NOT (
      waiting_seconds IS NULL
    ), FALSE) AS waiting_minutes_p90_denominator,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test AND NOT is_voided AND outcome = 'served'
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  PERCENTILE(waiting_seconds_quantiles_0, ARRAY(0.9)) AS waiting_seconds_quantiles_0
FROM (
  SELECT
    oblast,
    centre,
    service,
    CAST(waiting_seconds * 1000 AS BIGINT) AS waiting_seconds_quantiles_0,
    YEAR(issued_on) * 12 + MONTH(issued_on) - 1 AS period
  FROM tickets
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND outcome = 'served'
      AND NOT (
        waiting_seconds IS NULL
      )
    )
    AND issued_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );

-- withdrawn_share
SELECT
  GROUPING_ID(period, oblast, centre, service) AS grouped_away,
  oblast,
  centre,
  service,
  period,
  COUNT(withdrawn_share_numerator) AS withdrawn_share_numerator,
  COUNT(withdrawn_share_denominator) AS withdrawn_share_denominator
FROM (
  SELECT
    oblast,
    centre,
    service,
    NULLIF(withdrawn_on <= CAST('2026-03-10' AS DATE), FALSE) AS withdrawn_share_numerator,
    TRUE AS withdrawn_share_denominator,
    YEAR(closed_on) * 12 + MONTH(closed_on) - 1 AS period
  FROM cases
  WHERE
    (
      NOT is_test
      AND NOT is_voided
      AND NOT is_consultation
      AND closed_on <= CAST('2026-03-10' AS DATE)
    )
    AND closed_on <= CAST('2026-03-10' AS DATE)
) AS counted
GROUP BY
  GROUPING SETS (
    (period),
    (oblast, period),
    (centre, service, period)
  );
