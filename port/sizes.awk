# Reads the linker's map of a firmware and prints what it costs, as lines "target metric value":
#
#   vm_flash      what comes from libmote.a and libmote_wasi.a: code, constants, tables
#   libc_flash    from the C library and its mathematics
#   libgcc_flash  from the compiler's run-time library
#   port_flash    from the port: start-up, console, RAM
#   app_flash     from the firmware itself, the guest in it included
#   total_flash   the image
#   vm_ram, port_ram, app_ram, libc_ram: .data and .bss. The stack and the store are not in it.
#   vm_lib_flash  total_flash without app_flash: what Mote adds to a firmware that has nothing else
#
#   awk -v target=cortex-m4f -f sizes.awk app.map
#
# A part's size is the distance to the next one's address: the sizes in the map are wrong where equal
# strings were merged. So bytes lost to alignment count for the part before them.
# Line of a part, maybe broken after a long name:  " .text.name  0x08000040  0x12  file".

function hex(text,  i, value) {
  value = 0
  text = tolower(substr(text, 3))
  for (i = 1; i <= length(text); i++) {
    value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
  }
  return value
}
function origin(file) {
  if (file ~ /libmote(_wasi)?\.a/) return "vm"
  if (file ~ /libmote_port\.a/) return "port"
  if (file ~ /libgcc\.a/) return "libgcc"
  if (file ~ /lib[a-z_+]*\.a/) return "libc"
  return "app"
}
# All up to `address` belongs to the part before.
function close_part(address) {
  if (part_of != "" && address > at) {
    if (output == ".text" || output == ".data") flash[part_of] += address - at
    if (output == ".data" || output == ".bss") ram[part_of] += address - at
  }
  at = address
}
function part(address, size, file) {
  if (output == "" || hex(size) == 0) return
  close_part(hex(address))
  part_of = origin(file)
}
function section(name, address, size) {
  output = name
  part_of = ""
  at = hex(address)
  end = at + hex(size)
  total[name] = hex(size)
}

/^Linker script and memory map/ { in_map = 1 }
!in_map { next }
/^[^ ]/ {
  if (output != "") close_part(end)
  output = ""
  if (($1 == ".text" || $1 == ".data" || $1 == ".bss") && NF >= 3) section($1, $2, $3)
  next
}
/^ [.A-Z][^ ]*$/ { is_broken = 1; next }
is_broken { is_broken = 0; if ($1 ~ /^0x/ && $2 ~ /^0x/) part($1, $2, $3); next }
/^ [.A-Z][^ ]* +0x/ { part($2, $3, $4) }

END {
  image = total[".text"] + total[".data"]
  count = split("vm libc libgcc port app", parts, " ")
  for (i = 1; i <= count; i++) sum += flash[parts[i]]
  if (image == 0 || sum != image) {
    printf "sizes.awk: the parts (%d) are not the image (%d)\n", sum, image > "/dev/stderr"
    exit 1
  }
  for (i = 1; i <= count; i++) printf "%s %s_flash %d\n", target, parts[i], flash[parts[i]]
  printf "%s total_flash %d\n", target, image
  printf "%s vm_lib_flash %d\n", target, image - flash["app"]
  for (i = 1; i <= count; i++) printf "%s %s_ram %d\n", target, parts[i], ram[parts[i]]
}
