-- A worker says that it lives and what it holds, and hears which others have fallen silent. Answers {verdict, now, silent ...}:
-- nothing is said for one that was taken for dead (`buried`), which must begin anew under another name.
-- KEYS  beats, held, buried
-- ARGV  instance, silence in seconds, seconds since its main loop turned, delivery tag, what it carries, ...
local now = redis.call('TIME')
local now_s = tonumber(now[1]) + tonumber(now[2]) / 1000000
if redis.call('DEL', KEYS[3]) == 1 then return {'buried', '0'} end
redis.call('ZADD', KEYS[1], string.format('%.3f', now_s - tonumber(ARGV[3])), ARGV[1])
redis.call('DEL', KEYS[2])
if ARGV[4] then
  redis.call('HSET', KEYS[2], unpack(ARGV, 4))
  redis.call('EXPIRE', KEYS[2], 7 * 24 * 3600)
end
local silence_s = tonumber(ARGV[2])
local silent = redis.call('ZRANGE', KEYS[1], '-inf', '(' .. string.format('%.3f', now_s - silence_s), 'BYSCORE')
-- Beats of the future: the clock was set back since, and whoever lives has beaten anew.
local ahead = redis.call('ZRANGE', KEYS[1], '(' .. string.format('%.3f', now_s + silence_s), '+inf', 'BYSCORE')
for _, instance in ipairs(ahead) do silent[#silent + 1] = instance end
return {'lives', string.format('%.3f', now_s), unpack(silent)}
