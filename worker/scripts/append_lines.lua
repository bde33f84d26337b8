-- Appends a chunk of log lines to the journal, notes for each task that it has lines in it, and takes the oldest chunks
-- away until what is kept is within its bounds. A chunk that is sent again, as no answer came, is there once.
-- KEYS  journal, journal's meta, the process's last number, a task's chunks ...
-- ARGV  number, sender's clock, most lines, most bytes, kept seconds, most chunks of a task, worker, pid, process, boot,
--       how many lines, lines
-- Answers the chunk's offset, '' if it was there already.
local journal, meta, last_number = KEYS[1], KEYS[2], KEYS[3]
local number, clock_s = tonumber(ARGV[1]), tonumber(ARGV[2])
local most_lines, most_bytes, kept_s, most_chunks = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local count, lines = tonumber(ARGV[11]), ARGV[12]

if tonumber(redis.call('GET', last_number) or '0') >= number then return '' end
redis.call('SET', last_number, number, 'EX', 3600)

local clock = redis.call('TIME')
local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local prev = redis.call('HGET', meta, 'offset') or '0000000000000000'
local offset = string.format('%.0f', math.max(now_us, tonumber(prev) + 1))
local ahead_s = string.format('%.6f', now_us / 1000000 - clock_s)
redis.call('XADD', journal, offset .. '-0', 'prev', prev, 'worker', ARGV[7], 'pid', ARGV[8], 'process', ARGV[9],
  'boot', ARGV[10], 'ahead_s', ahead_s, 'count', count, 'lines', lines)
redis.call('HSET', meta, 'offset', offset)
for place = 4, #KEYS do
  redis.call('RPUSH', KEYS[place], offset)
  redis.call('LTRIM', KEYS[place], -most_chunks, -1)
  redis.call('EXPIRE', KEYS[place], kept_s)
end

local kept_lines = redis.call('HINCRBY', meta, 'lines', count)
local kept_bytes = redis.call('HINCRBY', meta, 'bytes', #lines)
for _ = 1, 16 do -- in the long run one goes for each that comes; more, after the bounds were set lower
  local oldest = redis.call('XRANGE', journal, '-', '+', 'COUNT', 1)[1]
  local too_old = now_us - tonumber(oldest[1]:match('%d+')) > kept_s * 1000000
  if oldest[1] == offset .. '-0' or not (kept_lines > most_lines or kept_bytes > most_bytes or too_old) then break end
  local fields = {}
  for at = 1, #oldest[2], 2 do fields[oldest[2][at]] = oldest[2][at + 1] end
  redis.call('XDEL', journal, oldest[1])
  kept_lines = redis.call('HINCRBY', meta, 'lines', -(tonumber(fields.count) or 0))
  kept_bytes = redis.call('HINCRBY', meta, 'bytes', -#(fields.lines or ''))
end
return offset
