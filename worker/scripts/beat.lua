-- A worker says that it lives and what it holds, and hears which others have fallen silent. Answers {verdict, silent ...}:
-- nothing is said for one that was taken for dead (`buried`), which must begin anew under another name.
-- KEYS  beats, held, buried
-- ARGV  instance, silence in seconds, seconds since its main loop turned, delivery tag, what it carries, ...
local now = redis.call('TIME')
local now_s = tonumber(now[1]) + tonumber(now[2]) / 1000000
if redis.call('DEL', KEYS[3]) == 1 then return {'buried'} end
redis.call('ZADD', KEYS[1], string.format('%.3f', now_s - tonumber(ARGV[3])), ARGV[1])
redis.call('DEL', KEYS[2])
if ARGV[4] then
  redis.call('HSET', KEYS[2], unpack(ARGV, 4))
  redis.call('EXPIRE', KEYS[2], 7 * 24 * 3600)
end
local before = string.format('%.3f', now_s - tonumber(ARGV[2]))
return {'lives', unpack(redis.call('ZRANGE', KEYS[1], '-inf', '(' .. before, 'BYSCORE'))}
