-- A worker says that it lives and what it holds, and hears which others have fallen silent.
-- KEYS  beats, held
-- ARGV  instance, silence in seconds, delivery tag, what it carries, ...
local now = redis.call('TIME')
local now_s = tonumber(now[1]) + tonumber(now[2]) / 1000000
redis.call('ZADD', KEYS[1], string.format('%.3f', now_s), ARGV[1])
redis.call('DEL', KEYS[2])
if ARGV[3] then
  redis.call('HSET', KEYS[2], unpack(ARGV, 3))
  redis.call('EXPIRE', KEYS[2], 7 * 24 * 3600)
end
return redis.call('ZRANGE', KEYS[1], '-inf', '(' .. string.format('%.3f', now_s - tonumber(ARGV[2])), 'BYSCORE')
