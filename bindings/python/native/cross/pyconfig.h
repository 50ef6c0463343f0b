/* What a CPython says of its own build, as far as the limited API of 3.11 asks, for the systems that
 * package_cross compiles for: all of 64 bits, little-endian, with a C compiler of these years. */
#ifndef Py_PYCONFIG_H
#define Py_PYCONFIG_H

#define SIZEOF_INT 4
#define SIZEOF_LONG_LONG 8
#define SIZEOF_VOID_P 8
#define SIZEOF_SIZE_T 8
#define SIZEOF_PID_T 4
#define SIZEOF_TIME_T 8
#define HAVE_SSIZE_T 1
#define HAVE_STDDEF_H 1
#define HAVE_STDINT_H 1
#define HAVE_WCHAR_H 1
#define HAVE_UNISTD_H 1
#define WITH_THREAD 1

#ifdef _WIN32
#define MS_WINDOWS 1
#define MS_WIN64 1
#define MS_WIN32 1
#define SIZEOF_LONG 4
#define SIZEOF_WCHAR_T 2
#define Py_ENABLE_SHARED 1
#define HAVE_DECLSPEC_DLL 1
#define Py_NO_LINK_LIB 1
#else
#define SIZEOF_LONG 8
#define SIZEOF_WCHAR_T 4
#endif

#endif /* Py_PYCONFIG_H */
