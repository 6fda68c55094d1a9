#pragma once
#include <string>

namespace lochan::app {

/// The server's directory, locked for as long as this lives:
///   format      the version of this layout
///   lock        held by the running server
///   meta/       the metadata database
///   dbfs/       the DBFS root: /mnt, /FileStore, /user, ...
///   warehouse is dbfs/user/hive/warehouse
///   spill/      what queries spill, emptied at start
///   cleanup/    what is to be removed should the server die (storage/cleanup_journal.h)
class Home {
 public:
  /// Makes the directory if need be, closes it to other users (mode 0700; only its folders where
  /// other things lie beside them) and locks it. Throws HOME_LOCKED when another server has it,
  /// HOME_FORMAT_TOO_NEW, HOME_NOT_USABLE. No other thread may make files meanwhile.
  explicit Home(std::string path);
  ~Home();
  Home(const Home&) = delete;

  const std::string& path() const { return path_; }
  std::string metadata_file() const { return path_ + "/meta/lochan.db"; }
  std::string spill_directory() const { return path_ + "/spill"; }
  std::string cleanup_directory() const { return path_ + "/cleanup"; }
  static constexpr std::string_view kWarehouse = "dbfs:/user/hive/warehouse";

 private:
  std::string path_;
  int lock_ = -1;
};

}  // namespace lochan::app
