-- May the caller put the mailing's task on the queue? Answers `claimed` to one caller at a time, `started` once it is
-- there, `busy` while another is at it, `gone` if there is no such mailing.
-- KEYS  mailing
-- ARGV  seconds after which a claim that led to nothing is void
local mailing = KEYS[1]
if redis.call('EXISTS', mailing) == 0 then return 'gone' end
if redis.call('HEXISTS', mailing, 'started') == 1 or redis.call('HEXISTS', mailing, 'lease') == 1 then return 'started' end
local now = tonumber(redis.call('TIME')[1])
local claimed_at = tonumber(redis.call('HGET', mailing, 'claimed_at') or '-1000000')
if now - claimed_at < tonumber(ARGV[1]) and now >= claimed_at then return 'busy' end
redis.call('HSET', mailing, 'claimed_at', now)
return 'claimed'
