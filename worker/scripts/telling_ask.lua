-- Somebody asks to be told by e-mail of a task's end. Answers `asked`, or why not: `unknown`, `ended`, `too_many`
-- (for this task, or in all), `too_often` (to this address within the hour).
-- KEYS  row, telling, tellings of the task, all tellings, mails to the address
-- ARGV  id, task_id, browser, address, url, seconds to keep, most of a task, most in all, most an hour to an address
local row, telling, of_task, all, to_address = unpack(KEYS)
local id, task_id, browser, email, url, keep_s = unpack(ARGV, 1, 6)
local most_of_task, most, most_an_hour = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local now = tonumber(redis.call('TIME')[1])
local rank = tonumber(redis.call('HGET', row, 'rank'))
if not rank then return 'unknown' end
if rank >= 9 then return 'ended' end
local had = redis.call('HGET', telling, 'email')
if had == email then return 'asked' end
redis.call('ZREMRANGEBYSCORE', all, '-inf', now - keep_s)
if not had and (redis.call('SCARD', of_task) >= most_of_task or redis.call('ZCARD', all) >= most) then return 'too_many' end
if (tonumber(redis.call('GET', to_address)) or 0) >= most_an_hour then return 'too_often' end
if redis.call('INCR', to_address) == 1 then redis.call('EXPIRE', to_address, 3600) end
redis.call('DEL', telling) -- of an earlier attempt of the task
redis.call('HSET', telling, 'task_id', task_id, 'browser', browser, 'email', email, 'url', url, 'asked_at', now)
redis.call('SADD', of_task, id)
redis.call('ZADD', all, now, id)
for _, key in ipairs({telling, of_task}) do redis.call('EXPIRE', key, keep_s) end
return 'asked'
