-- One look of one web process: says which browsers are here, and claims the tellings whose task has ended while their
-- browser is away. Answers {how many were looked at, the claimed ids, ...}. A claim that led to nothing is void later.
-- KEYS  all tellings, present browsers
-- ARGV  from, count (0: judge nobody), seconds until a browser is away, seconds that a claim is good for, seconds to
--       keep, prefix of rows, prefix of tellings, browser, ...
local all, present = unpack(KEYS)
local from, count, away_s, claim_s, keep_s = unpack(ARGV, 1, 5)
local rows, tellings = ARGV[6], ARGV[7]
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
for at = 8, #ARGV do redis.call('ZADD', present, now, ARGV[at]) end
redis.call('ZREMRANGEBYSCORE', present, '-inf', now - 3600)
redis.call('ZREMRANGEBYSCORE', all, '-inf', now - keep_s)
if tonumber(count) == 0 then return {0} end

local function is_due(rank, browser, claimed_at)
  if tonumber(rank) < 9 then return false end
  local seen_at = tonumber(redis.call('ZSCORE', present, browser))
  if seen_at and now - seen_at < tonumber(away_s) then return false end
  return not claimed_at or math.abs(now - claimed_at) >= tonumber(claim_s)
end

local ids = redis.call('ZRANGE', all, from, from + count - 1)
local answer = {#ids}
for _, id in ipairs(ids) do
  local task_id, browser, claimed_at = unpack(redis.call('HMGET', tellings .. id, 'task_id', 'browser', 'claimed_at'))
  local rank = task_id and redis.call('HGET', rows .. task_id, 'rank')
  if not rank then
    redis.call('ZREM', all, id)
  elseif is_due(rank, browser, tonumber(claimed_at or nil)) then
    redis.call('HSET', tellings .. id, 'claimed_at', now)
    answer[#answer + 1] = id
  end
end
return answer
