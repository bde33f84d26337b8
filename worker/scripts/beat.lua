-- A worker says that it lives and what it holds, and hears which others have fallen silent. Answers {verdict, now, silent ...}:
-- nothing is said for one that was taken for dead (`buried`), which must begin anew under another name.
-- KEYS  beats, held, buried, workers, workers seen
-- ARGV  instance, silence in seconds, seconds since its main loop turned, what it says of itself, for how many seconds
--       that is kept, of how many workers, delivery tag, what it carries, ...
local now = redis.call('TIME')
local now_s = tonumber(now[1]) + tonumber(now[2]) / 1000000
if redis.call('DEL', KEYS[3]) == 1 then return {'buried', '0'} end
local turned_at = string.format('%.3f', now_s - tonumber(ARGV[3]))
redis.call('ZADD', KEYS[1], turned_at, ARGV[1])
redis.call('DEL', KEYS[2])
if ARGV[7] then
  redis.call('HSET', KEYS[2], unpack(ARGV, 7))
  redis.call('EXPIRE', KEYS[2], 7 * 24 * 3600)
end

-- For those who look at it; kept for some minutes after its end.
local kept_s, most = tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[4])
redis.call('ZADD', KEYS[5], turned_at, ARGV[1])
local gone = redis.call('ZRANGE', KEYS[5], '-inf', '(' .. string.format('%.3f', now_s - kept_s), 'BYSCORE', 'LIMIT', 0, 100)
local over = redis.call('ZCARD', KEYS[5]) - most
if over > 0 then gone = redis.call('ZRANGE', KEYS[5], 0, math.min(over, 100) - 1) end
if gone[1] then
  redis.call('HDEL', KEYS[4], unpack(gone))
  redis.call('ZREM', KEYS[5], unpack(gone))
end
redis.call('EXPIRE', KEYS[4], kept_s)
redis.call('EXPIRE', KEYS[5], kept_s)

local silence_s = tonumber(ARGV[2])
local silent = redis.call('ZRANGE', KEYS[1], '-inf', '(' .. string.format('%.3f', now_s - silence_s), 'BYSCORE')
-- Beats of the future: the clock was set back since, and whoever lives has beaten anew.
local ahead = redis.call('ZRANGE', KEYS[1], '(' .. string.format('%.3f', now_s + silence_s), '+inf', 'BYSCORE')
for _, instance in ipairs(ahead) do silent[#silent + 1] = instance end
return {'lives', string.format('%.3f', now_s), unpack(silent)}
