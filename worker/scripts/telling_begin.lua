-- A run of the mail's task is about to send it. Answers `claimed` (send it now), `done` (another run has begun),
-- `gone` (it was taken back: a tab has told it) or `not_yet` (a new attempt of the task has begun since).
-- KEYS  telling, row, all tellings
-- ARGV  run, id
local telling, row, all = unpack(KEYS)
local asked_at, had = unpack(redis.call('HMGET', telling, 'asked_at', 'run'))
if not asked_at then return 'gone' end
if had then return had == ARGV[1] and 'claimed' or 'done' end
if (tonumber(redis.call('HGET', row, 'rank')) or 9) < 9 then
  redis.call('HDEL', telling, 'claimed_at')
  redis.call('ZADD', all, asked_at, ARGV[2])
  return 'not_yet'
end
redis.call('HSET', telling, 'run', ARGV[1])
return 'claimed'
