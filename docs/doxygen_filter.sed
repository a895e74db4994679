# Turns plain comments of the public headers into Doxygen's: sed -E -f doxygen_filter.sed < header
# The first comment is about the file.
1s,^// ,/// @file\n/// ,
1s,^/\* ,/** @file\n * ,
# Headings of sections are none of anything.
/^ *\/\/ ----/b
/^ *\/\* ----/b
# A comment on its own line is about what follows; one behind code is about that.
s,^( *)//( |$),\1///\2,
s,^( *)/\* ,\1/** ,
s,^([^/"]*[^ /"].*[,;}]) +// ,\1  ///< ,
s,^(#define .*[^ ]) +// ,\1  ///< ,
s,^([^/"]*[^ /"].*[,;}]) +/\* ,\1 /**< ,
s,^(#define .*[^ ]) +/\* ,\1 /**< ,
