-- A cause is there. Opens its alarm or counts on, and puts a mail about it down where one is due: the first time, and
-- after `again` seconds if more has come of it since. How many mails within an hour is bounded for all causes together.
-- Causes for which there is no room are counted together, in one alarm more.
-- KEYS  open alarms, causes without room (how often each), those that were seen, mails that are not on the queue yet,
--       mails of the last hour, whether there was one about this cause, and about those without room
-- ARGV  the cause, what it counts as without room (JSON), how many times more, how many at least, who is written to
--       (JSON; "": nobody), most open alarms, most causes without room, again, mails an hour, seconds to keep a mail,
--       most mails that wait, prefix of mails
local open, left_out, seen, mails, sent, mailed, mailed_more = unpack(KEYS)
local told, beyond, more, at_least = cjson.decode(ARGV[1]), cjson.decode(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local letters, most, most_left_out, again = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local an_hour, keep, most_mails = tonumber(ARGV[9]), ARGV[10], tonumber(ARGV[11])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000

local function stored(id)
  local text = redis.call('HGET', open, id)
  return text and cjson.decode(text)
end

local alarm = stored(told.id)
if not alarm and more + at_least == 0 then return end -- it is over
local is_news = not alarm or more > 0 or at_least > alarm.count
if not alarm and told.id ~= beyond.id then
  local before = tonumber(redis.call('HGET', left_out, told.id) or 0)
  if redis.call('HLEN', open) - redis.call('HEXISTS', open, beyond.id) < most then
    redis.call('HDEL', left_out, told.id)
    more = more + before
  else
    local count = math.max(before + more, at_least)
    if before > 0 or redis.call('HLEN', left_out) < most_left_out then
      redis.call('HSET', left_out, told.id, count)
      more = count - before
    end
    told, alarm, mailed, at_least = beyond, stored(beyond.id), mailed_more, 0
  end
end

if not alarm then redis.call('HDEL', seen, told.id) end
alarm = alarm or {since = told.since or now, count = 0, mails = 0, mailed = 0}
alarm.count = math.max(alarm.count + more, at_least)
if is_news then
  for name, value in pairs(told) do
    if name ~= 'since' then alarm[name] = value end
  end
  alarm.last = now
end

local function is_due()
  if letters == '' then return false end
  if redis.call('EXISTS', mailed) == 1 or (alarm.mails > 0 and alarm.count <= alarm.mailed) then return false end
  redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - 3600)
  return redis.call('ZCARD', sent) < an_hour and redis.call('ZCARD', mails) < most_mails
end

if is_due() then
  local mail_id = string.format('%s-%.0f', alarm.id, now * 1000)
  alarm.mails, alarm.mailed = alarm.mails + 1, alarm.count
  redis.call('SET', mailed, 1, 'EX', again)  -- outlives the alarm: one that comes and goes is still one cause
  redis.call('ZADD', mails, now, mail_id)
  redis.call('ZADD', sent, now, mail_id)
  redis.call('EXPIRE', sent, 3600)
  local mail = cjson.decode(letters)
  for name, value in pairs(alarm) do mail[name] = value end
  mail.last_of = redis.call('ZCARD', sent) >= an_hour and an_hour or 0
  redis.call('HSET', ARGV[12] .. mail_id, 'mail', cjson.encode(mail))
  redis.call('EXPIRE', ARGV[12] .. mail_id, keep)
end
redis.call('HSET', open, alarm.id, cjson.encode(alarm))
