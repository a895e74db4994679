// What a descriptor may be used for: the rights of WASI preview 1, named as there.
#pragma once

#include <stdint.h>

namespace mote::wasi {

enum Right : uint32_t {
  kFdDataSync = 1u << 0,
  kFdRead = 1u << 1,
  kFdSeek = 1u << 2,
  kFdFdstatSetFlags = 1u << 3,
  kFdSync = 1u << 4,
  kFdTell = 1u << 5,
  kFdWrite = 1u << 6,
  kFdAdvise = 1u << 7,
  kFdAllocate = 1u << 8,
  kPathCreateDirectory = 1u << 9,
  kPathCreateFile = 1u << 10,
  kPathLinkSource = 1u << 11,
  kPathLinkTarget = 1u << 12,
  kPathOpen = 1u << 13,
  kFdReadDir = 1u << 14,
  kPathReadLink = 1u << 15,
  kPathRenameSource = 1u << 16,
  kPathRenameTarget = 1u << 17,
  kPathFilestatGet = 1u << 18,
  kPathFilestatSetSize = 1u << 19,
  kPathFilestatSetTimes = 1u << 20,
  kFdFilestatGet = 1u << 21,
  kFdFilestatSetSize = 1u << 22,
  kFdFilestatSetTimes = 1u << 23,
  kPathSymlink = 1u << 24,
  kPathRemoveDirectory = 1u << 25,
  kPathUnlinkFile = 1u << 26,
  kPollFdReadWrite = 1u << 27,
};

// Those that mean something for a directory, and for anything else. Sockets have two more.
constexpr uint32_t kDirectoryRights =
    kFdDataSync | kFdFdstatSetFlags | kFdSync | kPathCreateDirectory | kPathCreateFile |
    kPathLinkSource | kPathLinkTarget | kPathOpen | kFdReadDir | kPathReadLink | kPathRenameSource |
    kPathRenameTarget | kPathFilestatGet | kPathFilestatSetSize | kPathFilestatSetTimes |
    kFdFilestatGet | kFdFilestatSetTimes | kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile;
constexpr uint32_t kFileRights = kFdDataSync | kFdRead | kFdSeek | kFdFdstatSetFlags | kFdSync |
                                 kFdTell | kFdWrite | kFdAdvise | kFdAllocate | kFdFilestatGet |
                                 kFdFilestatSetSize | kFdFilestatSetTimes | kPollFdReadWrite;
constexpr uint32_t kAllRights = kDirectoryRights | kFileRights;

}  // namespace mote::wasi
