-- name: unsorted_alerts
SELECT * FROM alerts WHERE delivery IN ('due', 'ended') AND id > :after ORDER BY id LIMIT :limit

-- name: silenced_alerts
SELECT * FROM alerts WHERE delivery = 'silenced' AND id > :after ORDER BY id LIMIT :limit

-- name: alerts_of
SELECT * FROM alerts WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(:alerts))

-- name: ask_delivery
INSERT INTO deliveries (alert, route, news, outcome, count, at_wall_s)
VALUES (:alert, :route, :news, 'waiting', :count, :at_wall_s)
ON CONFLICT (alert, route, news) DO UPDATE
SET outcome = 'waiting', count = excluded.count, at_wall_s = excluded.at_wall_s, tries = 0, reason = ''
WHERE deliveries.count < excluded.count

-- name: sorted_alert
UPDATE alerts SET delivery = :delivery
WHERE id = :id AND count = :count AND delivery = :was

-- name: sum_up
UPDATE alerts SET delivery = (
  SELECT CASE
    WHEN SUM(CASE WHEN outcome = 'sent' THEN 1 ELSE 0 END) > 0 THEN 'sent'
    WHEN SUM(CASE WHEN outcome = 'waiting' THEN 1 ELSE 0 END) > 0 THEN 'waiting'
    WHEN SUM(CASE WHEN outcome = 'expired' THEN 1 ELSE 0 END) > 0 THEN 'expired'
    ELSE 'muted'
  END
  FROM deliveries WHERE alert = alerts.id)
WHERE id = :id AND delivery NOT IN ('due', 'ended', 'silenced')

-- name: deliveries
SELECT * FROM deliveries
WHERE alert IN (SELECT CAST(value AS BIGINT) FROM json_each(:alerts))
ORDER BY alert, news DESC, route

-- name: to_tell
SELECT d.*, (
  SELECT MAX(o.told_wall_s) FROM deliveries o JOIN alerts b ON b.id = o.alert
  WHERE o.route = d.route AND o.news = 'raised' AND o.told_wall_s > :since_wall_s
    AND b.text = a.text
    AND COALESCE(b.experiment, '') = COALESCE(a.experiment, '')
    AND COALESCE(b.vessel, '') = COALESCE(a.vessel, '')
  ) AS same_told_wall_s
FROM deliveries d JOIN alerts a ON a.id = d.alert
WHERE d.route = :route AND d.outcome = 'waiting' AND d.alert > :after
ORDER BY d.alert, d.news DESC
LIMIT :limit

-- name: settle_delivery
UPDATE deliveries
SET outcome = CASE WHEN count = :count THEN :outcome ELSE outcome END,
  told_wall_s = CASE WHEN :outcome = 'sent' THEN :at_wall_s ELSE told_wall_s END,
  tries = CASE WHEN :outcome = 'waiting' THEN tries + 1 ELSE tries END,
  reason = :reason,
  at_wall_s = :at_wall_s
WHERE alert = :alert AND route = :route AND news = :news

-- name: told_as_over
INSERT INTO deliveries (alert, route, news, outcome, count, at_wall_s, told_wall_s)
VALUES (:alert, :route, 'over', 'sent', :count, :at_wall_s, :at_wall_s)
ON CONFLICT DO NOTHING

-- name: look_at_end_again
UPDATE alerts SET delivery = 'ended'
WHERE id = :id AND resolved_wall_s IS NOT NULL AND delivery NOT IN ('due', 'ended')

-- name: route_standing
SELECT
  (SELECT COUNT(*) FROM deliveries WHERE route = :route AND outcome = 'waiting') AS waiting,
  (SELECT MAX(told_wall_s) FROM deliveries WHERE route = :route) AS told_wall_s

-- name: route_problem
SELECT tries, reason FROM deliveries
WHERE route = :route AND outcome = 'waiting' AND tries > 0
ORDER BY at_wall_s DESC, tries DESC LIMIT 1

-- name: left_over
UPDATE deliveries SET outcome = 'muted', reason = 'the route is gone'
WHERE outcome = 'waiting'
  AND route NOT IN (SELECT value FROM json_each(:routes))
RETURNING alert, news

-- name: sort_anew
UPDATE alerts SET delivery = 'due'
WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(:alerts)) AND delivery <> 'ended'
