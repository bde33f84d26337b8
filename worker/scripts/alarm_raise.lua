-- A cause is there. Opens its alarm or counts on, and puts a mail about it down where one is due: the first time, and
-- after `again` seconds if more has come of it since. How many mails within an hour is bounded for all causes together.
-- KEYS  open alarms, mails that are not on the queue yet, mails of the last hour, whether there was one about this cause
-- ARGV  id, the cause (JSON), how many times more, who is written to (JSON; "": nobody), most open alarms, again,
--       mails an hour, seconds to keep a mail, most mails that wait, prefix of mails
local open, mails, sent, mailed = unpack(KEYS)
local id, told, times, letters = ARGV[1], cjson.decode(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local most, again, an_hour, keep, most_mails = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8], tonumber(ARGV[9])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000

local stored = redis.call('HGET', open, id)
if not stored and redis.call('HLEN', open) >= most then return 'full' end
local alarm = stored and cjson.decode(stored) or {since = told.since or now, count = 0, mails = 0, mailed = 0}
for name, value in pairs(told) do
  if name ~= 'since' and (times > 0 or not stored) then alarm[name] = value end
end
alarm.count = alarm.count + times
if times > 0 or not stored then alarm.last = now end

local function is_due()
  if letters == '' then return false end
  if redis.call('EXISTS', mailed) == 1 or (alarm.mails > 0 and alarm.count <= alarm.mailed) then return false end
  redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - 3600)
  return redis.call('ZCARD', sent) < an_hour and redis.call('ZCARD', mails) < most_mails
end

if is_due() then
  local mail_id = string.format('%s-%.0f', id, now * 1000)
  alarm.mails, alarm.mailed = alarm.mails + 1, alarm.count
  redis.call('SET', mailed, 1, 'EX', again)  -- outlives the alarm: one that comes and goes is still one cause
  local mail = cjson.decode(letters)
  for name, value in pairs(alarm) do mail[name] = value end
  redis.call('HSET', ARGV[10] .. mail_id, 'mail', cjson.encode(mail))
  redis.call('EXPIRE', ARGV[10] .. mail_id, keep)
  redis.call('ZADD', mails, now, mail_id)
  redis.call('ZADD', sent, now, mail_id)
  redis.call('EXPIRE', sent, 3600)
end
redis.call('HSET', open, id, cjson.encode(alarm))
return 'open'
