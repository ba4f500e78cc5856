import { FileInput, type FileInputProps } from '@mantine/core'

/** One file to choose, which can be removed again. */
export const FileField = (props: FileInputProps) => (
  <FileInput
    placeholder="Choose a file"
    clearable
    clearButtonProps={{ 'aria-label': 'Remove the file' }}
    w={{ base: '100%', sm: 320 }}
    {...props}
  />
)
